package retention_test

import (
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/recording"
	"beside/broker/internal/retention"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

const day = 24 * time.Hour

var operator = record.Actor{Kind: record.Operator}

type harness struct {
	t       *testing.T
	store   *store.Store
	journal *journal.Journal
	sweeper *retention.Sweeper
	tn      store.Technician
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{t: t}
	var err error
	h.store, err = store.Open(t.Context(), t.TempDir())
	h.must(err)
	t.Cleanup(func() { h.must(h.store.Close()) })
	h.journal = journal.New(h.store)
	objects, err := recording.OpenFolder(filepath.Join(t.TempDir(), "recordings"))
	h.must(err)
	t.Cleanup(func() { h.must(objects.Close()) })
	quiet := slog.New(slog.DiscardHandler)
	shelf := recording.New(recording.Config{Store: h.store, Journal: h.journal, Objects: objects, Quota: 1 << 20, Log: quiet})
	h.sweeper = &retention.Sweeper{Store: h.store, Journal: h.journal, Recordings: shelf, Log: quiet}
	h.update(func(tx *store.Tx) (events []record.Event, err error) {
		h.tn, events, err = auth.AddTechnician(tx, "ada@example.org", "Ada", []desk.Role{desk.Technician}, operator)
		return events, err
	})
	return h
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) update(change func(*store.Tx) ([]record.Event, error)) {
	h.t.Helper()
	h.must(h.journal.Update(h.t.Context(), change))
}

// session makes one that has ended, with personal data and a recording.
func (h *harness) session() (id, recorded string) {
	h.t.Helper()
	recorded = store.NewID()
	h.update(func(tx *store.Tx) ([]record.Event, error) {
		tk, events, err := ticket.Add(tx, desk.Ticket{Subject: "s", Requester: "Grace", Impact: desk.Low, Urgency: desk.Low}, operator)
		if err != nil {
			return nil, err
		}
		hash := []byte(store.NewID() + store.NewID())[:32]
		i, more, err := invitation.Create(tx, invitation.Request{Ticket: tk.ID, Technician: h.tn, JoinHash: hash, PageHash: hash, Life: time.Hour, By: operator})
		if err != nil {
			return nil, err
		}
		id = i.Session
		if _, err := tx.Join(id, make([]byte, 32), store.System{OS: "linux"}, "192.0.2.0/24"); err != nil {
			return nil, err
		}
		if _, err := tx.StartRecording(id, recorded, make([]byte, 32)); err != nil {
			return nil, err
		}
		joined := record.New(record.SessionJoined{From: "192.0.2.0/24", Requester: "Grace"}, record.ByBroker, record.Actor{Kind: record.Requester})
		joined.Session = id
		_, err = tx.End(id, "requester")
		return append(append(events, more...), joined), err
	})
	return id, recorded
}

// left says what there is of a session.
func (h *harness) left(id string) (personal, recordings bool) {
	h.t.Helper()
	h.must(h.store.View(h.t.Context(), func(v *store.View) error {
		leaves, err := v.Leaves(id, 0, 100)
		if err != nil {
			return err
		}
		personal = slices.ContainsFunc(leaves, func(l store.Leaf) bool { return l.Personal != nil })
		rs, err := v.Recordings(id)
		recordings = slices.ContainsFunc(rs, func(r store.Recording) bool { return r.DeletedAt.IsZero() })
		return err
	}))
	return personal, recordings
}

func (h *harness) sweep(in time.Duration) {
	h.t.Helper()
	h.must(h.sweeper.Sweep(h.t.Context(), time.Now().Add(in)))
}

func (h *harness) set(personal, recordings int) {
	h.t.Helper()
	h.update(func(tx *store.Tx) ([]record.Event, error) { return retention.Set(tx, personal, recordings, operator) })
}

func (h *harness) kinds() (kinds []record.Kind) {
	h.t.Helper()
	events, err := h.journal.Events(h.t.Context(), "", 0, 500)
	h.must(err)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestEachIsKeptForItsTime(t *testing.T) {
	h := newHarness(t)
	id, _ := h.session()
	want := func(when string, personal, recordings bool) {
		t.Helper()
		if p, r := h.left(id); p != personal || r != recordings {
			t.Errorf("%s: personal data %v, recordings %v; want %v, %v", when, p, r, personal, recordings)
		}
	}
	h.sweep(5000 * day)
	want("nothing said, after 13 years", true, true)
	h.set(30, 7)
	h.sweep(6 * day)
	want("after 6 days", true, true)
	h.sweep(8 * day)
	want("after 8 days", true, false)
	h.sweep(29 * day)
	want("after 29 days", true, false)
	h.sweep(31 * day)
	want("after 31 days", false, false)
	kinds := h.kinds()
	for _, kind := range []record.Kind{record.KindRetentionChanged, record.KindRecordingDeleted, record.KindPersonErased} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no event says %s", kind)
		}
	}
	before := len(kinds)
	h.sweep(40 * day)
	if after := h.kinds(); len(after) != before {
		t.Errorf("swept twice: %v", after[before:])
	}
	h.must(h.store.View(t.Context(), func(v *store.View) error {
		se, err := v.Session(id)
		if se.JoinedFrom != "" {
			t.Errorf("the row still says that it came from %s", se.JoinedFrom)
		}
		return err
	}))
}

func TestWhatIsHeldStays(t *testing.T) {
	h := newHarness(t)
	held, _ := h.session()
	alarmed, _ := h.session()
	free, _ := h.session()
	h.set(1, 1)
	h.update(func(tx *store.Tx) ([]record.Event, error) { return retention.Hold(tx, held, "dispute", operator) })
	h.update(func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.RaiseAlarm(alarmed)
		e := record.New(record.AlarmRaised{}, record.ByClient, record.Actor{Kind: record.Requester})
		e.Session = alarmed
		return []record.Event{e}, err
	})
	h.sweep(2 * day)
	for id, want := range map[string]bool{held: true, alarmed: true, free: false} {
		if p, r := h.left(id); p != want || r != want {
			t.Errorf("session %s: personal data %v, recordings %v, want both %v", id, p, r, want)
		}
	}
	err := h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, events, err := retention.Erase(tx, held, operator)
		return events, err
	})
	if !errors.Is(err, retention.ErrHeld) {
		t.Errorf("erased by hand: %v, want ErrHeld", err)
	}
	err = h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return retention.Release(tx, alarmed, operator) })
	if !errors.Is(err, retention.ErrAlarm) {
		t.Errorf("an alarm's hold is released: %v", err)
	}
	h.update(func(tx *store.Tx) ([]record.Event, error) { return retention.Release(tx, held, operator) })
	h.sweep(2 * day)
	if p, r := h.left(held); p || r {
		t.Error("released, and still there")
	}
	if kinds := h.kinds(); !slices.Contains(kinds, record.KindSessionHeld) || !slices.Contains(kinds, record.KindSessionReleased) {
		t.Errorf("nobody learns of the hold: %v", kinds)
	}
}

// From where somebody signed in is no session's: it goes by its own age.
func TestSignInsAreForgottenByAge(t *testing.T) {
	h := newHarness(t)
	h.update(func(*store.Tx) ([]record.Event, error) {
		return []record.Event{record.New(record.SignedIn{From: "192.0.2.0/24"}, record.ByBroker, record.Actor{Kind: record.Technician, ID: h.tn.ID})}, nil
	})
	h.set(30, 0)
	there := func() bool {
		leaves, err := h.journal.Leaves(t.Context(), "", 0, 100)
		h.must(err)
		return slices.ContainsFunc(leaves, func(l store.Leaf) bool { return l.Personal != nil })
	}
	h.sweep(29 * day)
	if !there() {
		t.Error("gone after 29 days")
	}
	h.sweep(31 * day)
	if there() {
		t.Error("there after 31 days")
	}
}

func TestRules(t *testing.T) {
	h := newHarness(t)
	id, _ := h.session()
	for name, change := range map[string]func(*store.Tx) ([]record.Event, error){
		"days below 0":      func(tx *store.Tx) ([]record.Event, error) { return retention.Set(tx, -1, 0, operator) },
		"more than 3660":    func(tx *store.Tx) ([]record.Event, error) { return retention.Set(tx, 0, 3661, operator) },
		"an unknown reason": func(tx *store.Tx) ([]record.Event, error) { return retention.Hold(tx, id, "because of Ada", operator) },
		"no such session":   func(tx *store.Tx) ([]record.Event, error) { return retention.Hold(tx, "none", "other", operator) },
	} {
		if err := h.journal.Update(t.Context(), change); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
