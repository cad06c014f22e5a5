// Package recording makes a session's recording on the requester's machine: it
// cuts what the technician's viewer is sent into chunks (signaling/recording),
// seals each for the organisation's auditors, keeps them on the disk until the
// broker has them, and uploads.
//
// A Recorder is one recording, from the answer that allowed it to its end. It is
// fed by the display stream and by the technician's input, all inside the Lease to
// record; it never slows them down: what it cannot keep up with is left out, and
// the recording says so. One goroutine writes and seals, another uploads. Plaintext
// is in memory only, and cleared; the disk sees nothing that this machine could
// open again.
package recording

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	format "beside/signaling/recording"
)

const (
	maxQueued  = 16 << 20 // bytes of updates that wait to be written; more are left out
	stillAfter = 240      // updates after a whole picture: then another is due
	stillBytes = 3 << 20  // of updates, and as many as the picture had: the same; a player needs a tenth of a second for them
	stillEvery = time.Minute
	pointEvery = 30 * time.Millisecond // between two places of the pointer
	typedEvery = time.Second           // between two notes that something was typed: less tells nothing of what
)

// Config is what a Recorder needs.
type Config struct {
	Session    string
	Key        ed25519.PrivateKey // of the session
	Lease      *consent.Lease     // to record
	List       format.List        // of auditors, whose
	Recipients []string           // it names: age X25519, at least two
	Put        Put                // to the broker
	MaxSpool   int64              // bytes that are kept while the broker is away; 0: 512 MiB
	// Kept is called when the broker has taken more chunks; it must not block.
	Kept func(chunks int, root [32]byte)
	Log  *slog.Logger
}

// Recorder is one recording. Its methods are safe for every goroutine.
type Recorder struct {
	id    string
	head  []byte
	cfg   Config
	start time.Time
	wake  chan struct{} // capacity 1: there is news in what mu guards

	up      *uploader
	written chan struct{} // closed when the last chunk is sealed
	stop    context.CancelFunc
	result  Result // set before written is closed

	mu    sync.Mutex
	queue []item
	size  int // bytes of its updates
	point *item
	typed time.Time
	ended bool
	blind bool // nothing can be recorded before a whole picture
	busy  bool // the still is being encoded
	since counts
	quiet time.Time     // no whole picture before: what was in its way may still be
	still display.Still // the writer's while busy

	free [][]byte // buffers
}

// counts is what came since the last whole picture.
type counts struct {
	updates, bytes int
	at             time.Time
	size           int // of the picture; 0: not known yet
}

// item is one thing to write, in order.
type item struct {
	at     time.Time
	update [][]byte // parts of one buffer
	reset  bool
	still  bool
	event  *format.Event
	x, y   uint16 // of the pointer, when nothing else is set
	gap    string // reason
	end    bool
}

// Result is what a recording came to.
type Result struct {
	Chunks  int
	Root    [32]byte // over all of them
	Length  time.Duration
	Missing time.Duration // in gaps
}

// New begins a recording: it makes the data key and seals it to the auditors.
// Whoever calls it calls End, and Close at last.
func New(cfg Config) (*Recorder, error) {
	id, key, err := newKey(cfg.Session)
	if err != nil {
		return nil, err
	}
	head, err := sealHead(cfg, key)
	if err != nil {
		return nil, err
	}
	spool, err := openSpool(cmp.Or(cfg.MaxSpool, maxSpool))
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Recorder{
		id: id, head: head, cfg: cfg, start: time.Now(), wake: make(chan struct{}, 1), written: make(chan struct{}),
		stop: stop, blind: true,
	}
	r.up = newUploader(cfg, id, head, spool)
	w := &writer{r: r, key: key, spool: spool}
	go w.run()
	go r.up.run(ctx)
	return r, nil
}

func newKey(session string) (id string, key format.Key, err error) {
	var raw [16]byte
	rand.Read(raw[:]) // never fails (crypto/rand)
	id = base64.RawURLEncoding.EncodeToString(raw[:])
	key = format.Key{Session: session, Recording: id, Key: make([]byte, 32)}
	rand.Read(key.Key)
	if !format.ValidID(session) {
		return "", format.Key{}, fmt.Errorf("record: session's id is malformed")
	}
	return id, key, nil
}

// ID names the recording.
func (r *Recorder) ID() string { return r.id }

// Head is what opens it, as the auditors get it.
func (r *Recorder) Head() []byte { return r.head }

// Lease is the right under which it records.
func (r *Recorder) Lease() *consent.Lease { return r.cfg.Lease }

// End ends the recording and returns what it came to, when all is sealed. The
// upload goes on until Close.
func (r *Recorder) End() Result {
	r.mu.Lock()
	if !r.ended {
		r.ended = true
		r.queue = append(r.queue, item{at: time.Now(), end: true})
		r.signal()
	}
	r.mu.Unlock()
	<-r.written
	return r.result
}

// Uploaded is closed when the broker has all of an ended recording, or refuses it
// for good.
func (r *Recorder) Uploaded() <-chan struct{} { return r.up.done }

// Close gives up what is not uploaded yet. End must have been called.
func (r *Recorder) Close() {
	r.stop()
	<-r.up.done
}

// signal wakes the writer. It runs with mu held.
func (r *Recorder) signal() {
	select {
	case r.wake <- struct{}{}:
	default: // it has not looked since the last and will see this too
	}
}
