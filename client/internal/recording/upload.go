package recording

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
	format "beside/signaling/recording"
)

// Put sends bytes to a path of the broker's REST interface with the proof of the
// session key. ErrRefused says that trying again is of no use.
type Put func(ctx context.Context, path string, body, proof []byte) error

// ErrRefused is the broker's last word.
var ErrRefused = errors.New("broker refuses the recording")

const firstWait, longestWait = 500 * time.Millisecond, 15 * time.Second

// uploader brings the chunks of one recording to the broker, in order.
type uploader struct {
	cfg   Config
	id    string
	head  []byte
	spool *spool
	done  chan struct{}
	wake  chan struct{} // capacity 1

	mu     sync.Mutex
	leaves []format.Leaf // of all chunks
	all    bool          // there will be no more
}

func newUploader(cfg Config, id string, head []byte, s *spool) *uploader {
	return &uploader{cfg: cfg, id: id, head: head, spool: s, done: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// add takes a chunk that is in the spool.
func (u *uploader) add(l format.Leaf) {
	u.mu.Lock()
	u.leaves = append(u.leaves, l)
	u.mu.Unlock()
	u.signal()
}

// ended takes note that there will be no more, and returns all.
func (u *uploader) ended() []format.Leaf {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = true
	u.signal()
	return u.leaves
}

func (u *uploader) signal() {
	select {
	case u.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// run ends when everything is uploaded, ctx ends, or the broker refuses.
func (u *uploader) run(ctx context.Context) {
	defer close(u.done)
	defer u.spool.close()
	if err := u.upload(ctx); err != nil && ctx.Err() == nil {
		u.cfg.Log.Error("recording not uploaded", "error", err)
	}
}

func (u *uploader) upload(ctx context.Context) error {
	base := "/api/v1/sessions/" + u.cfg.Session + "/recordings/" + u.id
	err := u.put(ctx, base+"/head", u.head, format.HeadStatement(u.cfg.Session, u.id, u.head))
	if err != nil {
		return err
	}
	var tree ledger.Frontier
	for n := 0; ; n++ {
		leaf, ok := u.next(ctx, n)
		if !ok {
			return ctx.Err()
		}
		sealed, err := u.spool.oldest()
		if err != nil {
			return err
		}
		path := fmt.Sprintf("%s/chunks/%d?from=%d&to=%d&flags=%d", base, leaf.N, leaf.From, leaf.To, leaf.Flags)
		if err := u.put(ctx, path, sealed, format.ChunkStatement(u.cfg.Session, u.id, leaf)); err != nil {
			return err
		}
		u.spool.drop()
		tree.Add(ledger.LeafHash(leaf.Bytes()))
		u.kept(n+1, tree.Root())
	}
}

func (u *uploader) kept(chunks int, root tlog.Hash) {
	if u.cfg.Kept != nil {
		u.cfg.Kept(chunks, root)
	}
}

// next waits for chunk n. It reports false when there will be none.
func (u *uploader) next(ctx context.Context, n int) (format.Leaf, bool) {
	for {
		u.mu.Lock()
		if n < len(u.leaves) {
			defer u.mu.Unlock()
			return u.leaves[n], true
		}
		all := u.all
		u.mu.Unlock()
		if all {
			return format.Leaf{}, false
		}
		select {
		case <-u.wake:
		case <-ctx.Done():
			return format.Leaf{}, false
		}
	}
}

// put tries until the broker has taken it, with full jitter.
func (u *uploader) put(ctx context.Context, path string, body, statement []byte) error {
	proof := ed25519.Sign(u.cfg.Key, statement)
	for bound := firstWait; ; bound = min(2*bound, longestWait) {
		err := u.cfg.Put(ctx, path, body, proof)
		if err == nil || errors.Is(err, ErrRefused) || ctx.Err() != nil {
			return err
		}
		u.cfg.Log.Info("recording waits for the broker", "error", err)
		// #nosec G404 -- when to try again is no secret
		timer := time.NewTimer(rand.N(bound))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
