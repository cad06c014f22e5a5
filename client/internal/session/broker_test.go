package session_test

import (
	"sync"
	"testing"
	"time"

	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// TestBrokerCannotSayWhatIsGranted: whatever a broker says of the session's phase,
// and however much its token names, a viewer that the person did not allow anything
// gets nothing and does nothing.
func TestBrokerCannotSayWhatIsGranted(t *testing.T) {
	for _, phase := range []signaling.Phase{signaling.Live, signaling.Paused, signaling.Asking} {
		t.Run(string(phase), func(t *testing.T) {
			st := play(t, allowing())
			everything := both.Union(grant.SetOf(grant.Record, grant.Voice))
			v := st.viewer(func(v *evil.Viewer) {
				v.Token = st.broker.AccessToken(st.invite.Public(), everything, time.Minute)
			})
			st.verified(v)
			st.broker.Say(signaling.StateChange{State: signaling.State{Phase: phase, Peer: v.Epoch()}})
			v.Say(control.Token{Token: st.broker.AccessToken(st.invite.Public(), everything, time.Minute)})
			v.Do(control.Key{Gen: 1, Code: "KeyA", Down: true})
			st.ended("violation")
			if n, _ := st.desk.captured_(); n != 0 || len(st.desk.injected_()) != 0 || len(st.person.asked()) != 0 {
				t.Errorf("%d captures, %v injected, %d questions; want none", n, st.desk.injected_(), len(st.person.asked()))
			}
			st.never(record.KindConsentGranted)
		})
	}
}

// TestWiderTokenGivesNothing: a token with more than what was granted is no grant.
func TestWiderTokenGivesNothing(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	r := st.rights(v, seeing)
	v.Say(control.Token{Token: st.broker.AccessToken(st.invite.Public(), both, time.Minute)})
	v.Do(control.Key{Gen: r.Generation, Code: "KeyA", Down: true})
	st.ended("violation")
	if got := st.desk.injected_(); len(got) != 0 {
		t.Errorf("injected %v", got)
	}
}

// TestSilentViewerBesideSeesNothing: a broker lets somebody else in beside the
// technician, while the picture is shown. It can give them any token and play any
// epoch; they do not hold the key that the link names, and the session ends.
func TestSilentViewerBesideSeesNothing(t *testing.T) {
	st := play(t, allowing())
	v := st.viewer()
	st.live(v)
	silent := evil.NewViewer(t, st.broker, evil.NewInvitation(t))
	silent.OnHello = func(control.HelloClient) {} // it does not care who is there
	st.broker.Attach(silent)
	st.ended("not_verified")
	if messages, updates, _ := silent.Got(); updates != 0 || len(messages) > 1 {
		t.Errorf("the silent viewer got %d updates and %v, want our message 0 at most", updates, messages)
	}
	if s := st.person.summary; s == nil || s.End != window.EndedBySafety {
		t.Errorf("summary: %+v, want that the session ended for safety", s)
	}
}

// TestReplayedSignalingChangesNothing: a broker repeats each message of the viewer,
// and later all of them at once, to the same instance and to the next one.
func TestReplayedSignalingChangesNothing(t *testing.T) {
	st := play(t, allowing())
	var mu sync.Mutex
	var seen []signaling.PeerMessage
	st.broker.ToClient = func(m signaling.PeerMessage) signaling.PeerMessage {
		mu.Lock()
		defer mu.Unlock()
		if _, ack := m.(signaling.Ack); !ack {
			seen = append(seen, m)
			st.broker.Say(m)
		}
		return m
	}
	replay := func() {
		mu.Lock()
		defer mu.Unlock()
		for range 3 {
			for _, m := range seen {
				st.broker.Say(m)
			}
		}
	}
	v := st.viewer()
	st.live(v)
	replay()
	st.seen(v)
	again := v.Reload(st.broker)
	st.broker.Attach(again)
	v.Close()
	st.rights(again, both)
	replay()
	st.seen(again)
	if v.Connections() != 1 || again.Connections() != 1 {
		t.Errorf("connections: %d and %d, want one each", v.Connections(), again.Connections())
	}
	if n := len(st.person.asked()); n != 1 {
		t.Errorf("questions: %d, want 1", n)
	}
}
