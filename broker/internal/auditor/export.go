package auditor

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/ledger"
	"beside/signaling/record"
	"beside/signaling/recording"
)

// ErrUnpublished reports events that no signed head has yet: it comes within a second.
var ErrUnpublished = errors.New("the newest events have no signed state of the log yet; try again in a moment")

// Personal says of which kinds of events personal data goes along with evidence.
type Personal func(record.Kind) bool

// Everybody is for auditors: all that was not erased.
func Everybody(record.Kind) bool { return true }

// Nobody leaves all of it out.
func Nobody(record.Kind) bool { return false }

// OfRequester is for the person who was helped: their own, and the name of who helped.
func OfRequester(k record.Kind) bool { return k == record.KindSessionJoined }

// Export gathers the evidence of a session in the caller's snapshot, under the
// newest head: one that a witness has cosigned, when it has all of the session.
func Export(v *store.View, log *ledger.LogKey, session string, personal Personal) (evidence.File, error) {
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
	last := leaves[len(leaves)-1].Seq
	head, witnesses, err := headFor(v, last)
	if err != nil {
		return evidence.File{}, err
	}
	if head.Size < last {
		return evidence.File{}, ErrUnpublished
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
		if l.Personal != nil {
			event, err := record.ParseLeaf(l.Bytes)
			if err != nil {
				return f, fmt.Errorf("event %d: %w", l.Seq, err)
			}
			if personal(event.Kind) {
				e.Salt, e.Personal = l.Salt, string(l.Personal)
			}
		}
		f.Events = append(f.Events, e)
	}
	f.Recordings, err = recordings(v, session)
	return f, err
}

// recordings lists the chunks of a session's recordings, of those that were deleted too.
func recordings(v *store.View, session string) ([]evidence.Recording, error) {
	rows, err := v.Recordings(session)
	if err != nil {
		return nil, err
	}
	var all []evidence.Recording
	for _, row := range rows {
		leaves, err := v.RecordingLeaves(row.ID, 0, recording.MaxChunks)
		if err != nil {
			return nil, err
		}
		one := evidence.Recording{Recording: row.ID, Leaves: make([][]byte, len(leaves))}
		for i, l := range leaves {
			one.Leaves[i] = l.Bytes()
		}
		all = append(all, one)
	}
	return all, nil
}

// Exported says which events an evidence file that Export made holds.
func Exported(f evidence.File) record.AuditExported {
	return record.AuditExported{First: seqOf(f.Events[0]), Last: seqOf(f.Events[len(f.Events)-1])}
}

func seqOf(e evidence.Entry) int64 {
	event, err := record.ParseLeaf([]byte(e.Leaf))
	if err != nil {
		return 0
	}
	return event.Seq
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
