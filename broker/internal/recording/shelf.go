// Package recording keeps recordings at the broker, which cannot open them: it
// takes what a session's client uploads and proves, and gives it to auditors.
//
// That there is a recording, and what opens it, the client has signed before its
// first byte comes (client.recording_started). Chunks come in order, and each is
// kept on the disk before it is acknowledged; the same bytes again are no error,
// other bytes are. The row of a chunk tells what it is, the bytes are Objects: a
// folder, or a bucket of S3.
package recording

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

// afterEnd is how long the client of an ended session may still bring what it had
// kept, as with its events.
const afterEnd = 10 * time.Minute

// maxSession bounds what all recordings of one session have, in bytes.
const maxSession = 8 << 30

// Config is what a Shelf is made of.
type Config struct {
	Store   *store.Store
	Journal *journal.Journal
	Objects Objects
	Quota   int64 // bytes of all recordings together
	Log     *slog.Logger
}

// Shelf is where recordings are. It is safe for use by many goroutines.
type Shelf struct{ Config }

// New returns the shelf.
func New(c Config) *Shelf { return &Shelf{c} }

var (
	errUnknown = problem.New(http.StatusNotFound, "recording_unknown", "This session has no such recording, or has not said so yet. Send its events first.")
	errProof   = problem.New(http.StatusForbidden, "proof_refused", "The proof is not by this session's client, or of other bytes.")
	errDiffers = problem.New(http.StatusConflict, "recording_differs", "Other bytes are kept under this name.")
	errOrder   = problem.New(http.StatusConflict, "recording_order", "Chunks come in order: send the one that follows the last.")
	errLate    = problem.New(http.StatusGone, "session_ended", "The session is over for too long.")
	errQuota   = problem.New(http.StatusInsufficientStorage, "recording_quota", "There is no room for more recordings. Tell the administrator.")
)

func name(session, recording string, n uint64) string {
	return fmt.Sprintf("%s/%s/%d", session, recording, n)
}

// owner reads the session and the recording that something is uploaded for, and
// checks its client's proof.
func (s *Shelf) owner(v *store.View, session, id string, statement, proof []byte) (store.Recording, error) {
	se, err := v.Session(session)
	if errors.Is(err, store.ErrNotFound) {
		return store.Recording{}, errUnknown
	}
	if err != nil {
		return store.Recording{}, err
	}
	if !format.Proved(se.ClientKey, statement, proof) {
		return store.Recording{}, errProof
	}
	if se.Phase == signaling.Ended && time.Since(se.EndedAt) > afterEnd {
		return store.Recording{}, errLate
	}
	r, err := v.Recording(session, id)
	if errors.Is(err, store.ErrNotFound) {
		return r, errUnknown
	}
	if err == nil && !r.DeletedAt.IsZero() {
		return r, errLate
	}
	return r, err
}

// PutHead keeps what opens a recording.
func (s *Shelf) PutHead(ctx context.Context, session, id string, head, proof []byte) error {
	h, err := format.ParseHead(head)
	if err != nil || h.Session != session || h.Recording != id {
		return problem.New(http.StatusUnprocessableEntity, "invalid", "This is no head of this recording.")
	}
	sum := sha256.Sum256(head)
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		r, err := s.owner(&tx.View, session, id, format.HeadStatement(session, id, head), proof)
		switch {
		case err != nil:
			return err
		case !bytes.Equal(r.HeadHash, sum[:]):
			return errDiffers
		case r.Head != nil:
			return nil
		}
		return tx.PutRecordingHead(id, head)
	})
}

// PutChunk keeps a chunk.
func (s *Shelf) PutChunk(ctx context.Context, session, id string, span format.Span, sealed, proof []byte) error {
	if err := span.Check(); err != nil || len(sealed) == 0 || len(sealed) > format.MaxSealedBytes {
		return problem.New(http.StatusUnprocessableEntity, "invalid", "The chunk is out of bounds.")
	}
	leaf := format.NewLeaf(span, sealed)
	kept := false
	err := s.Store.View(ctx, func(v *store.View) (err error) {
		kept, err = s.mayAdd(v, session, id, leaf, proof)
		return err
	})
	if err != nil || kept {
		return err
	}
	if err := s.Objects.Put(ctx, name(session, id, leaf.N), sealed); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		// Once more: two may have come at once, or it was deleted meanwhile.
		kept, err := s.mayAdd(&tx.View, session, id, leaf, proof)
		if err != nil || kept {
			return err
		}
		_, err = tx.AddRecordingChunk(id, leaf)
		return err
	})
}

// mayAdd reports whether a chunk is kept already, or why it may not be.
func (s *Shelf) mayAdd(v *store.View, session, id string, leaf format.Leaf, proof []byte) (kept bool, err error) {
	r, err := s.owner(v, session, id, format.ChunkStatement(session, id, leaf), proof)
	switch {
	case err != nil:
		return false, err
	case r.Head == nil, leaf.N > uint64(r.Chunks):
		return false, errOrder
	}
	last, err := v.RecordingLeaves(id, max(int(leaf.N)-1, 0), 2)
	if err != nil {
		return false, err
	}
	if leaf.N < uint64(r.Chunks) {
		if last[len(last)-1] != leaf && last[0] != leaf {
			return false, errDiffers
		}
		return true, nil
	}
	if len(last) > 0 && leaf.Follows(last[len(last)-1].Span) != nil {
		return false, errOrder
	}
	return false, s.room(v, session, int64(leaf.Length))
}

func (s *Shelf) room(v *store.View, session string, more int64) error {
	all, err := v.RecordedBytes()
	if err != nil {
		return err
	}
	rs, err := v.Recordings(session)
	if err != nil {
		return err
	}
	own := more
	for _, r := range rs {
		own += r.Bytes
	}
	if all+more > s.Quota || own > maxSession {
		return errQuota
	}
	return nil
}

// Chunk reads the bytes of a chunk.
func (s *Shelf) Chunk(ctx context.Context, session, id string, n uint64) ([]byte, error) {
	var there bool
	err := s.Store.View(ctx, func(v *store.View) error {
		r, err := v.Recording(session, id)
		there = r.DeletedAt.IsZero() && n < uint64(r.Chunks)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, store.ErrNotFound
	}
	return s.Objects.Get(ctx, name(session, id, n))
}

// ErrHeld: what is kept of the session may not be deleted.
var ErrHeld = errors.New("recording is held")

// Delete deletes a recording: what opens it at once, its bytes then or by the next
// Sweep. What its chunks were stays, so that every proof does. reason is retention,
// erasure or request. One that was deleted before is no error.
func (s *Shelf) Delete(ctx context.Context, session, id, reason string, by record.Actor) error {
	err := s.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(session)
		if err != nil {
			return nil, err
		}
		r, err := tx.Recording(session, id)
		if err != nil {
			return nil, err
		}
		if held, err := tx.Held(session); err != nil || held {
			return nil, errors.Join(err, ErrHeld)
		}
		deleted, err := tx.DeleteRecording(id)
		if err != nil || !deleted {
			return nil, err
		}
		return []record.Event{se.Event(record.RecordingDeleted{Recording: id, Chunks: r.Chunks, Reason: reason}, by)}, nil
	})
	if err != nil {
		return fmt.Errorf("delete recording %s: %w", id, err)
	}
	return s.Sweep(ctx)
}

// Sweep deletes the bytes of what was deleted and may still be there.
func (s *Shelf) Sweep(ctx context.Context) error {
	const atOnce = 100
	var gone []store.Recording
	if err := s.Store.View(ctx, func(v *store.View) (err error) {
		gone, err = v.UnsweptRecordings(atOnce)
		return err
	}); err != nil {
		return err
	}
	for _, r := range gone {
		// One more than is known: it may have come while the row was deleted.
		for n := range uint64(r.Chunks) + 1 {
			if err := s.Objects.Delete(ctx, name(r.Session, r.ID, n)); err != nil {
				return err
			}
		}
		if err := s.Store.Update(ctx, func(tx *store.Tx) error { return tx.RecordingSwept(r.ID) }); err != nil {
			return err
		}
	}
	return nil
}
