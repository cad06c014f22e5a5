package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/ledger"
)

const (
	askEvery  = time.Second     // at most
	askLatest = 5 * time.Minute // after failures, the wait doubles up to this
)

// errRefused reports a witness that says no for good: it has seen another log.
var errRefused = errors.New("the witness has seen another log under this name")

// Asker asks one witness to cosign each new head of our log.
type Asker struct {
	store   *store.Store
	log     *sequencer.Log
	witness *ledger.Witness
	feed    *Feed
	slog    *slog.Logger
	old     int64 // what the witness saw last, as far as we know
}

// NewAsker asks the witness at feed. It is for one goroutine.
func NewAsker(s *store.Store, l *sequencer.Log, w *ledger.Witness, f *Feed, log *slog.Logger) *Asker {
	return &Asker{store: s, log: l, witness: w, feed: f, slog: log.With("witness", w.Name())}
}

// Run asks until ctx ends. A witness that is away changes nothing but that its
// signature is missing; when it is back it signs the newest head.
func (a *Asker) Run(ctx context.Context) error {
	wait := askEvery
	for {
		err := a.Ask(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			wait = askEvery
		default:
			a.slog.Error("not cosigned", "error", err)
			wait = min(2*wait, askLatest)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// Ask has the newest head cosigned, unless it is.
func (a *Asker) Ask(ctx context.Context) error {
	for range 2 { // the second time with the size that the witness told
		head, err := a.log.Last(ctx, "")
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if o, err := ledger.Open(head.Note, a.log.Key().Verifier(), a.witness); err != nil || len(o.Witnesses) > 0 {
			a.old = head.Size
			return err
		}
		told, err := a.submit(ctx, head)
		if err != nil || told < 0 {
			return err
		}
		if told > head.Size {
			return fmt.Errorf("it saw %d events, there are %d: %w", told, head.Size, errRefused)
		}
		a.old = told
	}
	return nil
}

// submit returns the size that the witness saw last when it is another than we
// thought, or -1.
func (a *Asker) submit(ctx context.Context, head store.Checkpoint) (int64, error) {
	var proof []tlog.Hash
	if err := a.store.View(ctx, func(v *store.View) (err error) {
		proof, err = sequencer.Consistency(v, a.old, head.Size)
		return err
	}); err != nil {
		return -1, err
	}
	status, body, err := a.feed.post(ctx, ledger.Submission{Old: a.old, Hashes: proof, Checkpoint: head.Note}.Marshal())
	switch {
	case err != nil:
		return -1, err
	case status == http.StatusConflict:
		told, err := strconv.ParseInt(strings.TrimSpace(string(body)), 10, 64)
		if err != nil || told < 0 {
			return -1, fmt.Errorf("the witness told no size: %q", body)
		}
		return told, nil
	case status == http.StatusUnprocessableEntity:
		return -1, errRefused
	case status != http.StatusOK:
		return -1, fmt.Errorf("the witness answered %d", status)
	}
	return -1, a.keep(ctx, head, string(body))
}

// keep keeps a signature that is the witness's.
func (a *Asker) keep(ctx context.Context, head store.Checkpoint, lines string) error {
	o, err := ledger.Open(ledger.Merge(head.Note, lines), a.log.Key().Verifier(), a.witness)
	if err != nil || len(o.Witnesses) == 0 {
		return errors.Join(errors.New("what the witness signed is something else"), err)
	}
	for line := range strings.Lines(lines) {
		o, err := ledger.Open(ledger.Merge(head.Note, line), a.log.Key().Verifier(), a.witness)
		if err != nil || len(o.Witnesses) == 0 {
			continue // of another key of its own
		}
		a.old = head.Size
		return a.store.Update(ctx, func(tx *store.Tx) error {
			return tx.PutCosignature(head.Size, store.Cosignature{Witness: a.witness.Key(), Line: line})
		})
	}
	return nil
}

func (f *Feed) post(ctx context.Context, body []byte) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	at := f.base.JoinPath("add-checkpoint")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("ask witness: %w", err)
	}
	res, err := f.client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("ask witness: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // only read
	answer, err := io.ReadAll(io.LimitReader(res.Body, ledger.MaxNoteBytes))
	return res.StatusCode, answer, err
}
