// Package watch follows a log from outside, by what it publishes: it keeps the
// head that it saw last and tells when a newer one does not begin with it. It
// also asks witnesses for cosignatures, and what they have seen.
package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
)

// callTimeout bounds one request.
const callTimeout = 10 * time.Second

// Feed reads what a log publishes below a URL, or a witness of its logs.
type Feed struct {
	base   *url.URL
	client *http.Client
}

// NewFeed reads below base.
func NewFeed(base *url.URL, client *http.Client) *Feed { return &Feed{base, client} }

// Checkpoint reads the log's signed head.
func (f *Feed) Checkpoint(ctx context.Context) ([]byte, error) {
	return f.get(ctx, ledger.MaxNoteBytes, "checkpoint")
}

// SeenBy reads the head that a witness cosigned last for the log called origin.
func (f *Feed) SeenBy(ctx context.Context, origin string) ([]byte, error) {
	sum := sha256.Sum256([]byte(origin))
	return f.get(ctx, ledger.MaxNoteBytes, hex.EncodeToString(sum[:]), "checkpoint")
}

// hashes reads the tree of a head; every tile is checked against it.
func (f *Feed) hashes(ctx context.Context, head ledger.Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: head.Size, Hash: head.Root}, tiles{ctx, f})
}

// tiles is a tlog.TileReader for the span of one check.
type tiles struct {
	ctx  context.Context
	feed *Feed
}

// Height implements tlog.TileReader.
func (tiles) Height() int { return ledger.TileHeight }

// SaveTiles implements tlog.TileReader: nothing is kept.
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles implements tlog.TileReader.
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		raw, err := t.feed.get(t.ctx, ledger.TileWidth*tlog.HashSize, ledger.TilePath(tile.L, tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		if len(raw) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %w", ledger.TilePath(tile.L, tile.N, tile.W), ledger.ErrTile)
		}
		data[i] = raw
	}
	return data, nil
}

func (f *Feed) get(ctx context.Context, limit int64, path ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// #nosec G125 -- paths are ours
	at := f.base.JoinPath(path...)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	res, err := f.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read %s: %s", at, res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil || int64(len(body)) > limit {
		return nil, fmt.Errorf("read %s: too long or cut off: %w", at, err)
	}
	return body, nil
}

// Check compares the published head with one seen before, nil for none. It
// returns the new head when it begins with the old one; an error that is
// ledger.ErrProof or ledger.ErrCheckpoint means that it does not.
func (f *Feed) Check(ctx context.Context, log note.Verifier, seen []byte) ([]byte, error) {
	signed, err := f.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	head, err := ledger.Open(signed, log)
	if err != nil {
		return signed, err
	}
	if seen == nil {
		return signed, nil
	}
	before, err := ledger.Open(seen, log)
	if err != nil {
		return signed, fmt.Errorf("what was seen before: %w", err)
	}
	var proof []tlog.Hash
	if before.Size < head.Size {
		if proof, err = ledger.ProveConsistency(before.Size, head.Size, f.hashes(ctx, head.Checkpoint)); err != nil {
			return signed, err
		}
	}
	return signed, ledger.CheckConsistency(before.Checkpoint, head.Checkpoint, proof)
}
