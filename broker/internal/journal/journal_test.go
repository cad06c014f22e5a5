package journal_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

func open(t *testing.T, dir string) *journal.Journal {
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
	return journal.New(s)
}

func event() record.Event {
	return record.New(record.BrokerStarted{Version: "test"}, record.ByBroker, record.Actor{Kind: record.Broker})
}

// writerEnv makes this test binary a writer of its own, in a process of its own.
const writerEnv = "BESIDE_TEST_WRITER"

const eventsPerWriter = 50

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerEnv); dir != "" {
		if err := writeMany(dir); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

func writeMany(dir string) error {
	s, err := store.Open(context.Background(), dir)
	if err != nil {
		return err
	}
	j := journal.New(s)
	for range eventsPerWriter {
		if err := j.Note(context.Background(), event()); err != nil {
			return err
		}
	}
	return s.Close()
}

func TestSequenceHasNoGapsUnderManyWriters(t *testing.T) {
	dir := t.TempDir()
	handles := []*journal.Journal{open(t, dir), open(t, dir)}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), writerEnv+"="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("writer: %v\n%s", err, out)
			}
		})
	}
	failed := errors.New("changed my mind")
	for i := range 4 {
		wg.Go(func() {
			for n := range eventsPerWriter {
				if err := handles[i%2].Note(context.Background(), event()); err != nil {
					t.Error(err)
				}
				if n%10 == 0 { // what is rolled back must leave no gap
					err := handles[i%2].Update(context.Background(), func(tx *store.Tx) ([]record.Event, error) {
						if _, err := tx.Append(event()); err != nil {
							return nil, err
						}
						return nil, failed
					})
					if !errors.Is(err, failed) {
						t.Errorf("Update: %v, want the change's own error", err)
					}
				}
			}
		})
	}
	wg.Wait()
	events, err := handles[0].Events(t.Context(), "", 0, 10000)
	if err != nil {
		t.Fatal(err)
	}
	if want := 6 * eventsPerWriter; len(events) != want {
		t.Errorf("%d events, want %d", len(events), want)
	}
	for i, e := range events {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d has seq %d", i+1, e.Seq)
		}
	}
}

func TestUpdateRefusesChangeWithoutEvent(t *testing.T) {
	j := open(t, t.TempDir())
	err := j.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.InsertTechnician(store.Technician{Email: "a@b", Name: "A"})
		return nil, err
	})
	if !errors.Is(err, store.ErrUnrecorded) {
		t.Errorf("Update: %v, want ErrUnrecorded", err)
	}
}

func TestEventOutsideTheClosedSetRollsBack(t *testing.T) {
	j := open(t, t.TempDir())
	wrong := event()
	wrong.Kind = "made.up"
	if err := j.Note(t.Context(), event(), wrong); err == nil {
		t.Error("an unknown kind was recorded")
	}
	if seq, err := j.LastSeq(t.Context()); seq != 0 || err != nil {
		t.Errorf("LastSeq = %d, %v, want 0", seq, err)
	}
}

// Events of this and of another process reach a follower, once and in order.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	ours, theirs := open(t, dir), open(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := ours.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	const total = 20
	wg.Go(func() {
		for i := range total {
			j := ours
			if i%2 == 0 {
				j = theirs
			}
			if err := j.Note(ctx, event()); err != nil {
				t.Error(err)
			}
		}
	})
	var seqs []int64
	if err := ours.Follow(ctx, 0, func(l store.Leaf) error {
		if seqs = append(seqs, l.Seq); len(seqs) == total {
			cancel()
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if len(seqs) != total {
		t.Fatalf("followed %d events, want %d", len(seqs), total)
	}
	for i, seq := range seqs {
		if seq != int64(i+1) {
			t.Fatalf("seqs = %v, want 1 to %d in order", seqs, total)
		}
	}
}
