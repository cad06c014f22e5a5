package sequencer

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/store"
	"beside/signaling/ledger"
)

// Inclusion proves that an event is in a checkpoint, in the caller's snapshot.
func Inclusion(v *store.View, seq int64, c store.Checkpoint) (ledger.Proof, error) {
	if seq < 1 || seq > c.Size {
		return ledger.Proof{}, fmt.Errorf("event %d is not in the log of %d: %w", seq, c.Size, store.ErrNotFound)
	}
	hashes, err := tlog.ProveRecord(c.Size, seq-1, ledger.Hashes(v.Tile))
	if err != nil {
		return ledger.Proof{}, fmt.Errorf("prove event %d: %w", seq, err)
	}
	return ledger.Proof{Index: seq - 1, Hashes: hashes, Checkpoint: c.Note}, nil
}

// Consistency proves that the log of the newer size begins with that of the
// older, in the caller's snapshot.
func Consistency(v *store.View, older, newer int64) ([]tlog.Hash, error) {
	return ledger.ProveConsistency(older, newer, ledger.Hashes(v.Tile))
}
