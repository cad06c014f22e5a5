package auditor

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/ledger"
)

// Export gathers the evidence of a session in the caller's snapshot, under the
// newest head: one that a witness has cosigned, when it has all of the session.
// personal says whether personal data goes along.
func Export(v *store.View, log *ledger.LogKey, session string, personal bool) (evidence.File, error) {
	se, err := v.Session(session)
	if err != nil {
		return evidence.File{}, err
	}
	leaves, err := v.Leaves(session, 0, evidence.MaxEvents)
	if err != nil {
		return evidence.File{}, err
	}
	if len(leaves) == 0 {
		return evidence.File{}, fmt.Errorf("events of session %s: %w", session, store.ErrNotFound)
	}
	head, witnesses, err := headFor(v, leaves[len(leaves)-1].Seq)
	if err != nil {
		return evidence.File{}, err
	}
	f := evidence.File{
		Format: evidence.Format, Session: session, Log: log.Public(), Witnesses: witnesses, Checkpoint: string(head.Note), ClientKey: se.ClientKey,
	}
	hashes := ledger.Hashes(v.Tile)
	for _, l := range leaves {
		proof, err := tlog.ProveRecord(head.Size, l.Seq-1, hashes)
		if err != nil {
			return f, fmt.Errorf("prove event %d: %w", l.Seq, err)
		}
		e := evidence.Entry{Leaf: string(l.Bytes), Proof: make([][]byte, len(proof))}
		for i, h := range proof {
			e.Proof[i] = h[:]
		}
		if personal && l.Personal != nil {
			e.Salt, e.Personal = l.Salt, string(l.Personal)
		}
		f.Events = append(f.Events, e)
	}
	return f, nil
}

// headFor finds the head to prove under, and the keys of those who cosigned it.
func headFor(v *store.View, last int64) (head store.Checkpoint, witnesses []string, err error) {
	size, err := v.LastCosigned(last)
	if errors.Is(err, store.ErrNotFound) {
		head, err = sequencer.LastIn(v, "")
	} else if err == nil {
		head, err = sequencer.At(v, size)
	}
	if err != nil {
		return head, nil, err
	}
	cosigned, err := v.Cosignatures(head.Size)
	for _, c := range cosigned {
		witnesses = append(witnesses, c.Witness)
	}
	return head, witnesses, err
}
