package sequencer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/journal"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

func open(t *testing.T, dir string) (*store.Store, *journal.Journal, *sequencer.Log) {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	l, err := sequencer.Open(t.Context(), s, "log.example")
	if err != nil {
		t.Fatal(err)
	}
	return s, journal.New(s), l
}

func note(t *testing.T, j *journal.Journal, count int) {
	t.Helper()
	var events []record.Event
	for i := range count {
		events = append(events, record.New(record.BrokerStarted{Version: fmt.Sprint(i)}, record.ByBroker, record.Actor{Kind: record.Broker}))
	}
	if err := j.Note(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
}

// check verifies the whole tree against the kept events and every checkpoint.
func check(t *testing.T, s *store.Store, l *sequencer.Log) (checkpoints int) {
	t.Helper()
	err := s.View(t.Context(), func(v *store.View) error {
		leaves, err := v.Leaves("", 0, 1_000_000)
		if err != nil {
			return err
		}
		hashes := make([]tlog.Hash, len(leaves))
		for i, leaf := range leaves {
			hashes[i] = ledger.LeafHash(leaf.Bytes)
		}
		all, err := v.Checkpoints(0, 1_000_000)
		if err != nil {
			return err
		}
		checkpoints = len(all)
		var before ledger.Checkpoint
		for i, kept := range all {
			c, err := ledger.Open(kept.Note, l.Key().Verifier())
			if err != nil {
				return err
			}
			if c.Size != kept.Size || c.Root != ledger.Root(hashes[:c.Size]) {
				t.Errorf("checkpoint of %d has another root", c.Size)
			}
			if i > 0 {
				proof, err := sequencer.Consistency(v, before.Size, c.Size)
				if err != nil {
					return err
				}
				if err := ledger.CheckConsistency(before, c.Checkpoint, proof); err != nil {
					t.Error(err)
				}
			}
			before = c.Checkpoint
		}
		if before.Size != int64(len(leaves)) {
			t.Errorf("the newest checkpoint has %d of %d events", before.Size, len(leaves))
		}
		for _, seq := range []int64{1, before.Size/2 + 1, before.Size} {
			proof, err := sequencer.Inclusion(v, seq, all[len(all)-1])
			if err != nil {
				return err
			}
			if _, err := proof.Verify(leaves[seq-1].Bytes, l.Key().Verifier()); err != nil {
				t.Errorf("event %d: %v", seq, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return checkpoints
}

// What was recorded before there was a tree, by another process and after a
// restart, is all in it, under one key.
func TestTreeHoldsEveryEvent(t *testing.T) {
	dir := t.TempDir()
	s, j, l := open(t, dir)
	if _, err := l.Last(t.Context(), ""); err == nil {
		t.Error("an empty log has a checkpoint")
	}
	for _, count := range []int{1, 254, 1, 1, 300, 9000} {
		note(t, j, count)
		if _, err := l.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := check(t, s, l); got != 7 { // the last in two batches
		t.Errorf("%d checkpoints, want 7", got)
	}
	if _, err := l.Advance(t.Context()); err != nil {
		t.Fatal(err)
	}
	s2, j2, again := open(t, dir)
	if again.Key().Public() != l.Key().Public() {
		t.Error("the log has another key after a restart")
	}
	note(t, j2, 3)
	c, err := again.Advance(t.Context())
	if err != nil || c.Size != 9560 {
		t.Fatalf("checkpoint of %d, %v; want 9560", c.Size, err)
	}
	if got := check(t, s2, again); got != 8 { // none for the round that had nothing to do
		t.Errorf("%d checkpoints, want 8", got)
	}
}

func TestSequencersThatRaceAgree(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	s, _, l := open(t, dir)
	for range 3 {
		_, j, other := open(t, dir)
		wg.Go(func() {
			for range 20 {
				note(t, j, 7)
				if _, err := other.Advance(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	check(t, s, l)
}

func TestRunFollowsTheJournal(t *testing.T) {
	s, j, l := open(t, t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.Run(ctx, j); err != nil {
			t.Error(err)
		}
	})
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for i := range 3 {
		note(t, j, 2)
		for {
			if c, err := l.Last(ctx, ""); err == nil && c.Size == int64(2*i+2) {
				break
			}
			select {
			case <-look.C:
			case <-ctx.Done():
				t.Fatal("an event never came into the tree")
			}
		}
	}
	cancel()
	wg.Wait()
	check(t, s, l)
}
