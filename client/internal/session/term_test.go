package session_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// taken waits until these rights are left and the last ones went to by.
func (st *stage) taken(v *evil.Viewer, left grant.Set, by control.Taker) control.Rights {
	st.t.Helper()
	return heard(st, v, func(r control.Rights) bool { return r.Scopes == left && r.Taken == by })
}

func (st *stage) step(kind window.StepKind) {
	st.t.Helper()
	for _, s := range st.person.summary.Steps {
		if s.Kind == kind {
			return
		}
	}
	st.t.Errorf("the summary does not tell %q", kind)
}

// briefly allows all that is asked, for a moment and then for the chosen hour.
func briefly(first time.Duration) *person {
	var asked atomic.Int32
	return newPerson(func(_ context.Context, q window.Question) window.Answer {
		a := window.Answer{Scopes: q.Scopes, How: window.Allowed, For: time.Hour}
		if asked.Add(1) == 1 {
			a.For = first
		}
		return a
	})
}

func TestGrantLapsesAndIsAskedAgain(t *testing.T) {
	st := play(t, briefly(700*time.Millisecond))
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: both})
	r := heard(st, v, func(r control.Rights) bool { return r.Scopes == both })
	if r.Left != 1 {
		t.Errorf("left: got %d s, want 1", r.Left)
	}
	st.taken(v, grant.Set{}, control.ByTime)
	st.told(record.KindRightsRevoked, func(data string) bool {
		return strings.HasSuffix(data, `"scopes":"view control","by":"time"}`)
	})
	captures, _ := st.desk.captured_()
	st.desk.draw()
	v.Do(control.Key{Gen: r.Generation, Code: "KeyA", Down: true}) // it has not heard yet
	v.Say(control.Ask{ID: "2", Scopes: both})
	again := st.rights(v, both)
	if again.Left != 3600 {
		t.Errorf("left after the second answer: got %d s, want an hour", again.Left)
	}
	if n := len(st.desk.injected_()); n != 0 {
		t.Errorf("%d inputs after the end", n)
	}
	st.seen(v)
	if n, _ := st.desk.captured_(); n == captures {
		t.Error("nothing is captured after the second answer")
	}
	if until := st.person.theBar().now().Until; time.Until(until) < 59*time.Minute {
		t.Errorf("the bar says until %v", until)
	}
	st.never(record.KindScopeViolation)
	st.person.theBar().stop()
	st.ended("requester")
	st.step(window.Lapsed)
}

// More time is asked for before the end; what the person leaves out then goes.
func TestRenewalIsARealQuestion(t *testing.T) {
	var asked atomic.Int32
	st := play(t, newPerson(func(_ context.Context, q window.Question) window.Answer {
		if asked.Add(1) == 1 {
			return window.Answer{Scopes: q.Scopes, How: window.Allowed, For: time.Minute}
		}
		return window.Answer{Scopes: seeing, How: window.Allowed, For: time.Hour}
	}))
	v := st.viewer()
	st.live(v)
	v.Say(control.Ask{ID: "2", Scopes: both})
	st.taken(v, seeing, control.ByRequester)
	heard(st, v, func(r control.Rights) bool { return r.Scopes == seeing && r.Left > 3590 }) // an hour
	if q := st.person.asked()[1]; q.Scopes != both || !q.Granted.Empty() {
		t.Errorf("the second question: got %+v, want both rights", q)
	}
	st.seen(v)
}

func TestIdleTechnicianLosesControl(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) {
		c.Times.Idle, c.Times.Look = 600*time.Millisecond, 20*time.Millisecond
	})
	v := st.viewer()
	rights := st.live(v)
	until := time.Now().Add(time.Second)
	for n := uint32(1); time.Now().Before(until); n++ { // busy for longer than Idle
		v.Do(control.Move{Gen: rights.Generation, N: n})
		st.seen(v)
	}
	st.never(record.KindRightsRevoked)
	st.taken(v, seeing, control.ByIdle)
	st.seen(v)
	st.person.theBar().stop()
	st.ended("requester")
	st.step(window.Idled)
}

func TestHiddenPageLosesControl(t *testing.T) {
	st := play(t, allowing(), func(c *session.Config) {
		c.Times.Away, c.Times.Look = 300*time.Millisecond, 20*time.Millisecond
	})
	v := st.viewer()
	st.live(v)
	v.Say(control.Attend{Here: false})
	v.Say(control.Attend{Here: true})
	v.Say(control.Attend{Here: false})
	st.taken(v, seeing, control.ByIdle)
}

func TestLockedScreenEndsControl(t *testing.T) {
	var locked atomic.Bool
	st := play(t, allowing(), func(c *session.Config) {
		c.Devices.Locked, c.Times.Look = locked.Load, 20*time.Millisecond
	})
	v := st.viewer()
	st.live(v)
	st.never(record.KindRightsRevoked)
	locked.Store(true)
	st.taken(v, seeing, control.ByLock)
	st.person.theBar().stop()
	st.ended("requester")
	st.step(window.Locked)
}
