// Package witness is the server that watches logs for others (C2SP tlog-witness,
// cosignature/v1): it keeps the head of each log that it knows and cosigns a
// newer one only when it is shown that it begins with the one kept. So a log
// cannot show one story to some and another to others, nor go back, without the
// witness's signature missing.
//
// Run it somewhere else than the broker, by somebody else. It reads no events
// and needs no account; whoever asks proves by the log's signature.
package witness

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"beside/broker/internal/store"
	"beside/signaling/ledger"
)

// maxBody bounds a submission: a proof and a signed head.
const maxBody = ledger.MaxNoteBytes + 64*64

// Witness is safe for use by many goroutines.
type Witness struct {
	store  *store.Store
	signer *ledger.Cosigner
	logs   map[string]note.Verifier // by origin
	log    *slog.Logger
}

// Open returns the witness called name, with its key from the store; the first
// time it makes one.
func Open(ctx context.Context, s *store.Store, name string, logs []note.Verifier, log *slog.Logger) (*Witness, error) {
	var seed []byte
	err := s.Update(ctx, func(tx *store.Tx) (err error) {
		if seed, err = tx.WitnessSeed(name); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			return err
		}
		seed = key.Seed()
		return tx.InsertWitnessSeed(name, seed)
	})
	if err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("witness key %s is damaged", name)
	}
	signer, err := ledger.NewCosigner(name, ed25519.NewKeyFromSeed(seed))
	if err != nil {
		return nil, err
	}
	w := &Witness{store: s, signer: signer, logs: make(map[string]note.Verifier), log: log}
	for _, l := range logs {
		w.logs[l.Name()] = l
	}
	return w, nil
}

// Key is the verifier key, which the log and its auditors must know.
func (w *Witness) Key() string { return w.signer.Key() }

// Handler serves POST /add-checkpoint and GET /<hash of the origin>/checkpoint.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.add)
	mux.HandleFunc("GET /{origin}/checkpoint", w.last)
	return mux
}

// refusal is a status of the protocol. Size is the last one seen, for 409.
type refusal struct {
	status int
	text   string
	size   int64
}

func (r *refusal) Error() string { return r.text }

func (w *Witness) add(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		http.Error(rw, "The submission is too long.", http.StatusBadRequest)
		return
	}
	line, err := w.Cosign(r.Context(), body)
	var no *refusal
	switch {
	case errors.As(err, &no) && no.status == http.StatusConflict:
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(no.status)
		fmt.Fprintf(rw, "%d\n", no.size)
	case errors.As(err, &no):
		http.Error(rw, no.text, no.status)
	case err != nil:
		w.log.Error("not cosigned", "error", err)
		http.Error(rw, "The witness cannot keep anything now. Try again.", http.StatusInternalServerError)
	default:
		io.WriteString(rw, line) //nolint:errcheck // the log asks again
	}
}

// Cosign judges a submission and returns the signature's line. The head is kept
// before it is signed, in the same transaction that compares it with the last.
func (w *Witness) Cosign(ctx context.Context, body []byte) (line string, err error) {
	s, err := ledger.ParseSubmission(body)
	if err != nil {
		return "", &refusal{status: http.StatusBadRequest, text: "This is not a submission."}
	}
	origin, _, _ := strings.Cut(string(s.Checkpoint), "\n")
	log, known := w.logs[origin]
	if !known {
		return "", &refusal{status: http.StatusNotFound, text: "This log is not known here."}
	}
	head, err := ledger.Open(s.Checkpoint, log)
	if err != nil {
		return "", &refusal{status: http.StatusForbidden, text: "The log has not signed this."}
	}
	if s.Old > head.Size {
		return "", &refusal{status: http.StatusBadRequest, text: "The old size is larger than the new one."}
	}
	err = w.store.Update(ctx, func(tx *store.Tx) error {
		if err := w.judge(tx, log, head.Checkpoint, s); err != nil {
			return err
		}
		line = w.signer.Cosign(head.Checkpoint, time.Now())
		return tx.PutWitnessHead(origin, head.Size, ledger.Merge(only(s.Checkpoint, log), line))
	})
	return line, err
}

// judge compares a head with the one kept.
func (w *Witness) judge(tx *store.Tx, log note.Verifier, head ledger.Checkpoint, s ledger.Submission) error {
	seen := ledger.Checkpoint{Origin: head.Origin, Root: ledger.Root(nil)}
	kept, err := tx.WitnessHead(head.Origin)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	default:
		o, err := ledger.Open(kept, log)
		if err != nil {
			return fmt.Errorf("the kept head of %s: %w", head.Origin, err)
		}
		seen = o.Checkpoint
	}
	if head.Size == seen.Size && head.Root != seen.Root {
		w.log.Error("split view: the log has signed two heads of one size", "origin", head.Origin, "kept", string(kept), "shown", string(s.Checkpoint))
	}
	if s.Old != seen.Size {
		if head.Size < seen.Size {
			w.log.Warn("the log shows less than it did", "origin", head.Origin, "seen", seen.Size, "shown", head.Size)
		}
		return &refusal{status: http.StatusConflict, text: "The last head seen has another size.", size: seen.Size}
	}
	if err := ledger.CheckConsistency(seen, head, s.Hashes); err != nil {
		w.log.Error("the log's new head does not follow the last", "origin", head.Origin, "kept", string(kept), "shown", string(s.Checkpoint))
		return &refusal{status: http.StatusUnprocessableEntity, text: "This head does not follow the last one seen."}
	}
	return nil
}

// only is the head with the log's own signatures: what others may have put
// under it is not kept.
func only(signed []byte, log note.Verifier) []byte {
	n, err := note.Open(signed, note.VerifierList(log))
	if err != nil {
		return signed // it was opened just now
	}
	n.UnverifiedSigs = nil
	out, err := note.Sign(n)
	if err != nil {
		return signed
	}
	return out
}

func (w *Witness) last(rw http.ResponseWriter, r *http.Request) {
	for origin := range w.logs {
		sum := sha256.Sum256([]byte(origin))
		if hex.EncodeToString(sum[:]) != r.PathValue("origin") {
			continue
		}
		var kept []byte
		err := w.store.View(r.Context(), func(v *store.View) (err error) {
			kept, err = v.WitnessHead(origin)
			return err
		})
		if err == nil {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.Header().Set("Content-Length", strconv.Itoa(len(kept)))
			rw.Write(kept) //nolint:errcheck // the reader went away
			return
		}
		if !errors.Is(err, store.ErrNotFound) {
			w.log.Error("head not read", "error", err)
		}
	}
	http.NotFound(rw, r)
}
