package session_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// Bounds of a revocation: from the person's act, or the technician's word at the
// other end, to the last input that was applied.
const (
	revokeHere = 50 * time.Millisecond
	revokeAfar = 250 * time.Millisecond // of 99 in 100
)

// TestRevokeAtRandomTimes takes control back at random moments of a storm of
// input, by the person and from afar in turn: nothing is applied after the client
// says that it is gone, and the last input comes within the bounds.
func TestRevokeAtRandomTimes(t *testing.T) {
	var here, afar []time.Duration
	for range revokeSessions {
		h, a := revokes(t, revokesEach)
		here, afar = append(here, h...), append(afar, a...)
	}
	for name, times := range map[string][]time.Duration{"here": here, "from afar": afar} {
		slices.Sort(times)
		t.Logf("%s: %d runs, median %v, p99 %v, longest %v", name, len(times), times[len(times)/2],
			times[len(times)*99/100], times[len(times)-1])
	}
	if !revokeTimed {
		return
	}
	if longest := here[len(here)-1]; longest > revokeHere {
		t.Errorf("here the last input came after %v, want within %v", longest, revokeHere)
	}
	if p99 := afar[len(afar)*99/100]; p99 > revokeAfar {
		t.Errorf("from afar the last input came after %v in the 99th of 100, want within %v", p99, revokeAfar)
	}
}

// revokes is n revocations in one session; it returns how long input was applied
// after each.
func revokes(t *testing.T, n int) (here, afar []time.Duration) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	heardRights := 0 // of the messages that were looked at
	for i := range n {
		if i > 0 {
			v.Say(control.Ask{ID: "again", Scopes: both})
		}
		r := st.nextRights(v, &heardRights, func(r control.Rights) bool { return r.Scopes == both && !r.Asking })
		quit, quiet := make(chan struct{}), make(chan struct{})
		go func() { // the technician types on, whatever happens
			defer close(quiet)
			for {
				select {
				case <-quit:
					return
				default:
					v.Do(control.Key{Gen: r.Generation, Code: "KeyA", Down: true})
					time.Sleep(50 * time.Microsecond)
				}
			}
		}()
		time.Sleep(rand.N(10 * time.Millisecond))
		start := time.Now()
		if i%2 == 0 {
			st.person.theBar().acts <- window.TakeBack
		} else {
			v.Say(control.Yield{Scopes: grant.SetOf(grant.Control)})
		}
		st.nextRights(v, &heardRights, func(r control.Rights) bool { return r.Scopes == seeing })
		applied, last := st.desk.lastInjected()
		close(quit)
		<-quiet
		// Answered after all that is under way.
		v.Say(control.Ask{ID: "view", Scopes: seeing})
		st.eventually("what is under way has passed", func() bool {
			messages, _, _ := v.Got()
			g, is := messages[len(messages)-1].(control.Granted)
			return is && g.ID == "view"
		})
		if now, _ := st.desk.lastInjected(); now != applied || st.desk.anyDown() {
			t.Fatalf("run %d: %d inputs after the client said that control is gone", i, now-applied)
		}
		took := max(last.Sub(start), 0)
		if i%2 == 0 {
			here = append(here, took)
		} else {
			afar = append(afar, took)
		}
	}
	st.never(record.KindScopeViolation)
	st.person.theBar().stop()
	st.ended("requester")
	v.Close()
	return here, afar
}

// nextRights waits for rights that f likes, among the messages from *seen on.
func (st *stage) nextRights(v *evil.Viewer, seen *int, f func(control.Rights) bool) (found control.Rights) {
	st.t.Helper()
	st.eventually("the viewer heard its rights", func() bool {
		messages, _, _ := v.Got()
		for i, m := range messages[*seen:] {
			if r, is := m.(control.Rights); is && f(r) {
				found, *seen = r, *seen+i+1
				return true
			}
		}
		return false
	})
	return found
}
