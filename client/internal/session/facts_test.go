package session_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"beside/client/internal/consent"
	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

var asFacts = grant.SetOf(grant.Facts)

// withFacts gives the machine facts, and counts how often they are read.
func withFacts(reads *atomic.Int32) func(*session.Config) {
	return func(c *session.Config) {
		c.Devices.Facts = func(context.Context, *consent.Lease) (control.Facts, error) {
			reads.Add(1)
			return control.Facts{System: "Debian", Memory: 1 << 30, Unread: []control.Fact{control.FactUpdates}}, nil
		}
	}
}

// mayAskFacts lets a viewer in whose token holds the right to ask for facts.
func (st *stage) mayAskFacts() *evil.Viewer {
	st.t.Helper()
	v := st.viewer(func(v *evil.Viewer) {
		v.Token = st.broker.AccessToken(st.invite.Public(), both.Union(asFacts), grant.MaxAccessLife)
	})
	st.live(v)
	return v
}

func TestFactsAreReadOnceAfterTheGrant(t *testing.T) {
	var reads atomic.Int32
	st := play(t, allowing(), withFacts(&reads))
	v := st.mayAskFacts()
	if n := reads.Load(); n != 0 {
		t.Fatalf("read %d times before anybody allowed it", n)
	}
	v.Say(control.Ask{ID: "2", Scopes: asFacts})
	if f := heard(st, v, func(control.Facts) bool { return true }); f.System != "Debian" || f.Has(control.FactUpdates) {
		t.Errorf("facts: %+v", f)
	}
	st.told(record.KindFactsTold, func(data string) bool {
		return strings.Contains(data, "memory") && !strings.Contains(data, "updates") && !strings.Contains(data, "Debian")
	})
	v.Say(control.Ask{ID: "3", Scopes: asFacts}) // granted already
	heard(st, v, func(g control.Granted) bool { return g.ID == "3" })
	v.Say(control.Yield{Scopes: grant.SetOf(grant.Control)})
	st.rights(v, grant.SetOf(grant.View, grant.Facts))
	messages, _, _ := v.Got()
	told := 0
	for _, m := range messages {
		if _, ok := m.(control.Facts); ok {
			told++
		}
	}
	if n := reads.Load(); n != 1 || told != 1 {
		t.Errorf("read %d times and told %d times, want once", n, told)
	}
}

// Facts wait while everything rests, and never come when the right went.
func TestFactsAreNotToldWhilePausedNorAfterTheyWereTakenBack(t *testing.T) {
	var reads atomic.Int32
	var release = make(chan struct{})
	st := play(t, allowing(), func(c *session.Config) {
		c.Devices.Facts = func(ctx context.Context, l *consent.Lease) (control.Facts, error) {
			reads.Add(1)
			select {
			case <-release:
			case <-ctx.Done():
			}
			return control.Facts{System: "Debian"}, nil
		}
	})
	v := st.mayAskFacts()
	v.Say(control.Ask{ID: "2", Scopes: asFacts})
	st.rights(v, both.Union(asFacts))
	st.eventually("they are being read", func() bool { return reads.Load() == 1 })
	st.person.theBar().acts <- window.Pause
	heard(st, v, func(r control.Rights) bool { return r.Paused })
	close(release)
	st.person.theBar().acts <- window.TakeFactsBack
	heard(st, v, func(r control.Rights) bool { return r.Taken == control.ByRequester && !r.Scopes.Contains(grant.Facts) })
	st.person.theBar().acts <- window.Resume
	st.rights(v, both)
	messages, _, _ := v.Got()
	if slices.ContainsFunc(messages, func(m control.Message) bool { _, ok := m.(control.Facts); return ok }) {
		t.Error("facts were told without the right")
	}
	st.never(record.KindFactsTold)
}

// Nobody who may only see and control is told anything of the machine.
func TestNoFactsWithoutTheRight(t *testing.T) {
	var reads atomic.Int32
	st := play(t, allowing(), withFacts(&reads))
	v := st.mayAskFacts()
	v.Say(control.Yield{Scopes: both})
	st.taken(v, grant.Set{}, control.ByTechnician)
	if n := reads.Load(); n != 0 {
		t.Errorf("read %d times", n)
	}
	st.never(record.KindFactsTold)
}

// A machine that says nothing of itself says that.
func TestFactsThatCannotBeReadAreNamed(t *testing.T) {
	st := play(t, allowing())
	v := st.mayAskFacts()
	v.Say(control.Ask{ID: "2", Scopes: asFacts})
	if f := heard(st, v, func(control.Facts) bool { return true }); len(f.Unread) != len(control.AllFacts()) {
		t.Errorf("unread: %v", f.Unread)
	}
}
