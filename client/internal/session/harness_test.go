package session_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/client/internal/session"
	"beside/internal/evil"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 15 * time.Second

// stage is one session under test: its broker, its invitation, its person.
type stage struct {
	t      *testing.T
	broker *evil.Broker
	invite evil.Invitation
	person *person
	desk   *desk
	stop   context.CancelFunc
	over   chan struct{} // closed when Run returned
	err    error         // of Run, after over
}

// play starts the client.
func play(t *testing.T, p *person, change ...func(*session.Config)) *stage {
	t.Helper()
	st := &stage{
		t: t, broker: evil.NewBroker(t), invite: evil.NewInvitation(t), person: p, desk: newDesk(), over: make(chan struct{}),
	}
	st.start(change...)
	return st
}

func (st *stage) start(change ...func(*session.Config)) {
	cfg := session.Config{
		Broker: st.broker.URL(), Secret: st.invite.Secret, Key: st.invite.Hash(), Organisation: "Example", Version: "test",
		System: session.System{OS: "linux", Arch: "amd64"}, UI: st.person, Log: slog.New(slog.NewTextHandler(st.t.Output(), nil)),
		Devices: session.Devices{Screen: st.desk.openScreen, Hands: st.desk.openHands, PanicKey: st.desk.grabPanicKey, OwnHands: st.desk.watchOwnHands, Pen: st.desk.openPen,
			Clipboard: st.desk.openClipboard},
		Times: session.Times{Farewell: 500 * time.Millisecond},
	}
	for _, c := range change {
		c(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background())
	st.stop = cancel
	go func() {
		defer close(st.over)
		st.err = session.Run(ctx, cfg)
	}()
	st.t.Cleanup(func() {
		cancel()
		<-st.over
	})
}

// viewer makes this session's honest viewer, and lets it in.
func (st *stage) viewer(change ...func(*evil.Viewer)) *evil.Viewer {
	st.t.Helper()
	v := evil.NewViewer(st.t, st.broker, st.invite)
	for _, c := range change {
		c(v)
	}
	st.broker.Attach(v)
	st.broker.Accept()
	return v
}

// eventually waits until f is true.
func (st *stage) eventually(what string, f func() bool) {
	st.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for !f() {
		select {
		case <-poll.C:
		case <-deadline.C:
			st.t.Fatalf("waited too long until %s; the client told: %v", what, st.kinds())
		}
	}
}

// ended waits until the client is gone, and checks why it says it is.
func (st *stage) ended(reason string) {
	st.t.Helper()
	select {
	case <-st.over:
	case <-time.After(patience):
		st.t.Fatal("the session does not end")
	}
	if st.err != nil {
		st.t.Errorf("Run: %v", st.err)
	}
	st.told(record.KindClientStopped, func(raw string) bool { return raw == `{"reason":"`+reason+`"}` })
}

func (st *stage) kinds() (out []record.Kind) {
	for _, c := range st.broker.Claims() {
		out = append(out, c.Kind)
	}
	return out
}

// told waits until the client has recorded such an event.
func (st *stage) told(kind record.Kind, like func(data string) bool) {
	st.t.Helper()
	st.eventually("it told "+string(kind), func() bool {
		for _, c := range st.broker.Claims() {
			if c.Kind == kind && (like == nil || like(string(c.Data))) {
				return true
			}
		}
		return false
	})
}

func (st *stage) never(kind record.Kind) {
	st.t.Helper()
	for _, k := range st.kinds() {
		if k == kind {
			st.t.Errorf("the client told %s", kind)
		}
	}
}

// heard waits for a message of the client that f likes, and returns it.
func heard[M control.Message](st *stage, v *evil.Viewer, f func(M) bool) (found M) {
	st.t.Helper()
	st.eventually("the viewer heard "+control.Type(found), func() bool {
		messages, _, _ := v.Got()
		for _, m := range messages {
			if typed, ok := m.(M); ok && (f == nil || f(typed)) {
				found = typed
				return true
			}
		}
		return false
	})
	return found
}

// rights waits for the client to say that these rights hold.
func (st *stage) rights(v *evil.Viewer, want grant.Set) control.Rights {
	st.t.Helper()
	var last control.Rights
	st.eventually("the rights are "+want.String(), func() bool {
		messages, _, _ := v.Got()
		for _, m := range messages {
			if r, ok := m.(control.Rights); ok {
				last = r
			}
		}
		return last.Scopes == want && !last.Asking && !last.Paused && last.Generation > 0
	})
	return last
}

var (
	seeing = grant.SetOf(grant.View)
	both   = grant.SetOf(grant.View, grant.Control)
)

// verified waits until v has been believed.
func (st *stage) verified(v *evil.Viewer) {
	st.t.Helper()
	heard(st, v, func(control.Rights) bool { return true })
}

// live lets v see and control, and waits for the first picture.
func (st *stage) live(v *evil.Viewer) control.Rights {
	st.t.Helper()
	st.verified(v)
	v.Say(control.Ask{ID: "1", Scopes: both})
	r := st.rights(v, both)
	st.seen(v)
	return r
}

func (st *stage) seen(v *evil.Viewer) {
	st.t.Helper()
	_, before, _ := v.Got()
	st.desk.draw()
	st.eventually("a picture comes", func() bool { _, n, _ := v.Got(); return n > before })
}
