package session_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/broker/internal/session"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// pipes is a listener in memory, so that the clock of a synctest bubble can run.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "broker.test" }

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (*pipes) Addr() net.Addr { return pipeAddr{} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inBubble runs a test with a broker whose time passes only when everybody waits.
func inBubble(t *testing.T, test func(*testing.T, *broker)) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		b := start(t, options{listen: p, dial: p.dial, Config: session.Config{LostAfter: session.LostAfter}})
		test(t, b)
		b.stop()
	})
}

func TestSilentSocketIsPutOut(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		s := b.socket()
		expect[signaling.Challenge](s)
		begin := time.Now()
		s.wantFault(signaling.Timeout)
		if waited := time.Since(begin); waited != signaling.AuthTimeout {
			t.Errorf("put out after %v, want %v", waited, signaling.AuthTimeout)
		}
	})
}

// TestAccessTokensFollowEachOther: the viewer always holds one with at least
// half of its life left, and none lives longer than ten minutes.
func TestAccessTokensFollowEachOther(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		l, client, viewer := b.both()
		b.accept(l)
		go drain(client)
		keys, err := b.Keys().PublicKeys()
		if err != nil {
			t.Fatal(err)
		}
		v := grant.NewVerifier("http://"+b.host, keys...)
		last := time.Time{}
		for range 6 {
			token, err := v.Verify(expect[signaling.Access](viewer).Token, grant.AccessToken)
			if err != nil {
				t.Fatal(err)
			}
			if life := time.Until(token.Expires); life > grant.MaxAccessLife || life < grant.MaxAccessLife-time.Second {
				t.Errorf("a fresh token lives %v", life)
			}
			if gap := time.Since(last); !last.IsZero() && (gap < 5*time.Minute || gap > 5*time.Minute+signaling.BeatInterval) {
				t.Errorf("the next token came after %v, want half its life", gap)
			}
			last = time.Now()
		}
	})
}

func drain(e *end) {
	for {
		if _, err := e.Read(time.Hour); err != nil {
			return
		}
	}
}

func TestBeats(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		_, client, viewer := b.both()
		go drain(viewer)
		last := time.Now()
		for range 8 { // well beyond what a silent end would be given
			expect[signaling.Beat](client)
			if gap := time.Since(last); gap > signaling.BeatInterval {
				t.Errorf("%v between beats", gap)
			}
			last = time.Now()
		}
	})
}

// TestDeadEndIsNoticed: an end whose machine is gone sends nothing, not even an
// answer to a ping.
func TestDeadEndIsNoticed(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		l, client, viewer := b.both() // the viewer never reads again
		client.until(func(s signaling.State) bool { return s.Peer == viewer.epoch })
		begin := time.Now()
		client.until(func(s signaling.State) bool { return s.Peer == "" })
		if waited := time.Since(begin); waited > signaling.DeadAfter+signaling.BeatInterval {
			t.Errorf("noticed after %v", waited)
		}
		b.waitEvent(l.session, record.PeerLeft{Role: "viewer"})
	})
}

func TestClientIsGivenTenMinutes(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		l, client, viewer := b.both()
		go drain(viewer)
		for range 2 {
			client.Close()
			time.Sleep(session.LostAfter - 2*time.Minute)
			if se := b.row(l.session); se.Phase == signaling.Ended {
				t.Fatal("the session ended although the client came back in time")
			}
			client = b.open(l, grant.Client)
		}
		client.Close()
		time.Sleep(session.LostAfter + time.Minute)
		if se := b.row(l.session); se.Phase != signaling.Ended || se.Reason != signaling.LostClient {
			t.Errorf("phase %s, reason %s; want ended, lost_client", se.Phase, se.Reason)
		}
	})
}

func TestJoinTokenLivesAMinute(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		l := b.invite()
		b.redeem(l)
		a := b.token(l, grant.Client)
		time.Sleep(grant.JoinLife + 10*time.Second)
		s := b.socket()
		s.prove(a.Token, l.client, b.host)
		s.wantFault(signaling.Unauthorized)
	})
}

// TestClientBringsItsLastEvents: what happened without a network is recorded
// when it is back, also when the session has ended meanwhile; not for ever.
func TestClientBringsItsLastEvents(t *testing.T) {
	inBubble(t, func(t *testing.T, b *broker) {
		l, client, viewer := b.both()
		go drain(viewer)
		client.Close()
		b.post(b.ada.ID, "/sessions/"+l.session+"/end", object{"reason": "technician"})
		time.Sleep(5 * time.Minute)
		client = b.open(l, grant.Client)
		if w := client.welcome; w.State.Phase != signaling.Ended || len(w.ICE) != 0 {
			t.Errorf("welcome %+v, want ended", w)
		}
		client.report(l.reporter(), record.ClientStopped{Reason: "requester"})
		client.wantFault(signaling.SessionEnded)
		if se := b.row(l.session); se.Reason != signaling.ByTechnician {
			t.Errorf("reason %s changed after the end", se.Reason)
		}
		time.Sleep(6 * time.Minute)
		if a := b.token(l, grant.Client); a.Status != http.StatusGone || a.Code != "session_ended" {
			t.Errorf("token after all: %d %s", a.Status, a.Code)
		}
	})
}
