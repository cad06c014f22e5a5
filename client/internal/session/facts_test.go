package session_test

import (
	"context"
	"fmt"
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

// toldFacts reports whether the viewer was told facts.
func toldFacts(v *evil.Viewer) bool {
	messages, _, _ := v.Got()
	return slices.ContainsFunc(messages, func(m control.Message) bool { _, ok := m.(control.Facts); return ok })
}

// Facts wait while everything rests, and never come when the right went meanwhile.
func TestFactsAreNotToldWhilePausedNorAfterTheyWereTakenBack(t *testing.T) {
	for name, takenBack := range map[string]bool{"resumed": false, "taken back": true} {
		t.Run(name, func(t *testing.T) {
			release, read := make(chan struct{}), make(chan struct{})
			st := play(t, allowing(), func(c *session.Config) {
				c.Devices.Facts = func(ctx context.Context, _ *consent.Lease) (control.Facts, error) {
					defer close(read)
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
			bar := st.person.theBar()
			bar.acts <- window.Pause
			heard(st, v, func(r control.Rights) bool { return r.Paused })
			close(release)
			<-read
			for i := range 20 { // what was read is in the session's hands by then
				id := fmt.Sprintf("again %d", i)
				v.Say(control.Ask{ID: id, Scopes: asFacts})
				heard(st, v, func(g control.Granted) bool { return g.ID == id })
			}
			if toldFacts(v) {
				t.Error("facts were told while everything rests")
			}
			if !takenBack {
				bar.acts <- window.Resume
				heard(st, v, func(control.Facts) bool { return true })
				return
			}
			bar.acts <- window.TakeBackOf(grant.Facts)
			heard(st, v, func(r control.Rights) bool { return r.Taken == control.ByRequester && !r.Scopes.Contains(grant.Facts) })
			bar.acts <- window.Resume
			st.rights(v, both)
			if toldFacts(v) {
				t.Error("facts were told without the right")
			}
			st.never(record.KindFactsTold)
		})
	}
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
