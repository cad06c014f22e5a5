package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// TestChangesTogetherAreEachTheirOwn: of many changes that are committed
// together, those that fail, panic, forget their event or whose caller has gone
// leave nothing and disturb nobody.
func TestChangesTogetherAreEachTheirOwn(t *testing.T) {
	s := open(t, t.TempDir())
	failed := errors.New("changed my mind")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	var wg sync.WaitGroup
	const each = 40
	for i := range each {
		insert := func(tx *store.Tx, what string) error {
			_, err := tx.InsertTechnician(store.Technician{Email: fmt.Sprintf("%s-%d@example.org", what, i), Name: what, Roles: []desk.Role{desk.Technician}})
			return err
		}
		wg.Go(func() {
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(insert(tx, "good"), note(tx)) }); err != nil {
				t.Errorf("good: %v", err)
			}
		})
		wg.Go(func() {
			err := s.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(insert(tx, "failed"), note(tx), failed) })
			if !errors.Is(err, failed) {
				t.Errorf("failed: %v", err)
			}
		})
		wg.Go(func() {
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return insert(tx, "unrecorded") }); !errors.Is(err, store.ErrUnrecorded) {
				t.Errorf("unrecorded: %v", err)
			}
		})
		wg.Go(func() {
			defer func() {
				if v := recover(); v != "boom" {
					t.Errorf("recovered %v, want the change's own panic", v)
				}
			}()
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				if err := errors.Join(insert(tx, "panicked"), note(tx)); err != nil {
					return err
				}
				panic("boom")
			})
			t.Errorf("a panic became %v", err)
		})
		wg.Go(func() {
			err := s.Update(gone, func(tx *store.Tx) error { return errors.Join(insert(tx, "gone"), note(tx)) })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("gone: %v", err)
			}
		})
	}
	wg.Wait()
	view(t, s, func(v *store.View) error {
		all, err := v.Technicians()
		if err != nil {
			return err
		}
		for _, tn := range all {
			if tn.Name != "good" {
				t.Errorf("%s is there", tn.Email)
			}
		}
		leaves, err := v.Leaves("", 0, 1000)
		if len(all) != each || len(leaves) != each {
			t.Errorf("%d accounts and %d events, want %d of each", len(all), len(leaves), each)
		}
		for i, l := range leaves {
			if l.Seq != int64(i+1) {
				t.Fatalf("event %d has number %d", i+1, l.Seq)
			}
		}
		return err
	})
}

// TestNotesTogether: events that come without a change are committed with whatever
// else waits, each caller's in a row and all or none.
func TestNotesTogether(t *testing.T) {
	s := open(t, t.TempDir())
	sign := func(session string) record.Event {
		e := record.New(record.BrokerStopped{}, record.ByBroker, record.Actor{Kind: record.Broker})
		e.Session = session
		return e
	}
	var wg sync.WaitGroup
	const each = 100
	for i := range each {
		wg.Go(func() {
			if err := s.Note(t.Context(), sign(fmt.Sprint(i)), sign(fmt.Sprint(i))); err != nil {
				t.Errorf("good: %v", err)
			}
		})
		wg.Go(func() {
			if err := s.Note(t.Context(), sign("bad"), record.Event{Kind: "unheard.of"}); !errors.Is(err, record.ErrKind) {
				t.Errorf("an event that cannot be kept: %v, want %v", err, record.ErrKind)
			}
		})
		wg.Go(func() {
			if err := s.Update(t.Context(), note); err != nil {
				t.Errorf("change: %v", err)
			}
		})
	}
	wg.Wait()
	view(t, s, func(v *store.View) error {
		rows, err := v.Rows(0, 1000)
		if len(rows) != 3*each {
			t.Errorf("%d events, want %d", len(rows), 3*each)
		}
		for i, r := range rows {
			if r.Seq != int64(i+1) {
				t.Fatalf("event %d has number %d", i+1, r.Seq)
			}
			if r.Session == "bad" {
				t.Error("a part of a refused note is there")
			}
			beside := i > 0 && rows[i-1].Session == r.Session || i+1 < len(rows) && rows[i+1].Session == r.Session
			if r.Session != "" && !beside {
				t.Errorf("the events of note %s are apart", r.Session)
			}
		}
		return err
	})
}
