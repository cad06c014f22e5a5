package session_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// end is one side's socket, and what came on it.
type end struct {
	*signaling.Conn
	t       testing.TB
	epoch   string
	welcome signaling.Welcome
}

func (b *broker) rawSocket(header http.Header) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{NetDialContext: b.dial, Subprotocols: []string{signaling.Subprotocol}, HandshakeTimeout: patience}
	ws, resp, err := d.DialContext(b.t.Context(), "ws://"+b.host+"/ws", header)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return ws, resp, err
}

func (b *broker) socket() *end {
	b.t.Helper()
	ws, _, err := b.rawSocket(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	e := &end{Conn: signaling.NewConn(ws), t: b.t, epoch: store.NewID()}
	b.t.Cleanup(e.Close)
	return e
}

// open opens a socket with a fresh token, as a new instance of its side.
func (b *broker) open(l link, role grant.Role) *end {
	b.t.Helper()
	return b.reopen(l, role, store.NewID())
}

func (b *broker) reopen(l link, role grant.Role, epoch string) *end {
	b.t.Helper()
	a := b.token(l, role)
	if a.Token == "" {
		b.t.Fatalf("token for %s: %d %s", role, a.Status, a.Code)
	}
	e := b.socket()
	e.epoch = epoch
	e.prove(a.Token, l.key(role), b.host)
	e.welcome = expect[signaling.Welcome](e)
	return e
}

// prove answers the challenge.
func (e *end) prove(token string, key ed25519.PrivateKey, host string) {
	e.t.Helper()
	challenge := expect[signaling.Challenge](e)
	e.send(signaling.Auth{Token: token, Epoch: e.epoch, Proof: ed25519.Sign(key, grant.PopStatement(challenge.Nonce, token, host))})
}

func (e *end) send(m signaling.Message) {
	e.t.Helper()
	if err := e.Write(m); err != nil {
		e.t.Fatalf("send %s: %v", signaling.Type(m), err)
	}
}

// expect returns the next message of a type and passes over others that the
// broker may send at any time.
func expect[T signaling.Message](e *end) T {
	e.t.Helper()
	for {
		m, err := e.Read(patience)
		if err != nil {
			e.t.Fatalf("waiting for a %T: %v", *new(T), err)
		}
		if got, ok := m.(T); ok {
			return got
		}
		switch m.(type) {
		case signaling.StateChange, signaling.Beat, signaling.Access:
		default:
			e.t.Fatalf("received %s, want a %T", signaling.Type(m), *new(T))
		}
	}
}

// until reads on until the state is as wanted.
func (e *end) until(want func(signaling.State) bool) signaling.State {
	e.t.Helper()
	for {
		if s := expect[signaling.StateChange](e).State; want(s) {
			return s
		}
	}
}

func (e *end) untilPhase(p signaling.Phase) signaling.State {
	e.t.Helper()
	return e.until(func(s signaling.State) bool { return s.Phase == p })
}

// wantFault reads on until the broker says why it closes.
func (e *end) wantFault(code signaling.Code) {
	e.t.Helper()
	if got := expect[signaling.Fault](e).Error; got.Code != code || got.Text == "" {
		e.t.Errorf("fault %+v, want code %s", got, code)
	}
	if _, err := e.Read(patience); !errors.Is(err, signaling.ErrClosed) {
		e.t.Errorf("after the fault: %v, want a closed socket", err)
	}
}

// reporter signs a client's events.
type reporter struct {
	session string
	key     ed25519.PrivateKey
	seq     uint64
	prev    []byte
}

func (l link) reporter() *reporter { return &reporter{session: l.session, key: l.client} }

// next is the client's next event.
func (r *reporter) next(t testing.TB, data record.Data) signaling.Event {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	r.seq++
	e := r.sign(t, record.Claim{
		Session: r.session, Seq: r.seq, Prev: r.prev, Time: time.Now().UTC().Truncate(time.Millisecond),
		Kind: record.New(data, record.ByClient, record.Actor{}).Kind, Data: raw,
	})
	r.prev = e.Statement.Hash()
	return e
}

func (r *reporter) sign(t testing.TB, c record.Claim) signaling.Event {
	t.Helper()
	body, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return signaling.Event{Seq: c.Seq, Statement: record.Statement{
		Body: body, Signature: ed25519.Sign(r.key, append([]byte(record.StatementLabel), body...)),
	}}
}

// report sends an event and waits until it is recorded.
func (e *end) report(r *reporter, data record.Data) {
	e.t.Helper()
	m := r.next(e.t, data)
	e.send(m)
	if got := expect[signaling.Recorded](e).Seq; got != m.Seq {
		e.t.Errorf("recorded %d, want %d", got, m.Seq)
	}
}
