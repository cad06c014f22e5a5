package session_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

func TestSocketNeedsTokenAndProof(t *testing.T) {
	b := start(t, options{})
	l, client, viewer := b.both()
	viewer.until(func(s signaling.State) bool { return s.Peer == client.epoch })
	b.accept(l)
	access := expect[signaling.Access](viewer).Token
	foreign := grant.NewIssuer("http://"+b.host, newKey())
	fresh := func() string { return b.token(l, grant.Client).Token }
	spent := fresh()
	s := b.socket()
	s.prove(spent, l.client, b.host)
	expect[signaling.Welcome](s)
	stolen, _, err := foreign.Sign(grant.Token{
		Type: grant.JoinToken, Subject: "client:" + l.session, Session: l.session, Role: grant.Client,
		Holder: grant.Thumbprint(public(l.client)), Expires: time.Now().Truncate(time.Second).Add(grant.JoinLife),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		token string
		key   ed25519.PrivateKey
		host  string
	}{
		"no token at all":        {"x", l.client, b.host},
		"alg none":               {forge(fresh(), `{"alg":"none","typ":"join+jwt"}`), l.client, b.host},
		"another broker's":       {stolen, l.client, b.host},
		"an access token":        {access, l.viewer, b.host},
		"used before":            {spent, l.client, b.host},
		"without the key":        {fresh(), newKey(), b.host},
		"the other side's key":   {fresh(), l.viewer, b.host},
		"proof for another host": {fresh(), l.client, "evil.example"},
		"changed claims":         {forge(fresh(), ""), l.client, b.host},
	} {
		t.Run(name, func(t *testing.T) {
			s := b.socket()
			s.prove(tc.token, tc.key, tc.host)
			s.wantFault(signaling.Unauthorized)
		})
	}
	t.Run("proof over another nonce", func(t *testing.T) {
		s, token := b.socket(), fresh()
		expect[signaling.Challenge](s)
		s.send(signaling.Auth{Token: token, Epoch: s.epoch, Proof: ed25519.Sign(l.client, grant.PopStatement(make([]byte, 32), token, b.host))})
		s.wantFault(signaling.Unauthorized)
	})
	b.waitEvent(l.session, record.TokenRefused{Role: "client", Reason: "replayed", From: "127.0.0.0/24"})
	b.waitEvent(l.session, record.TokenRefused{Role: "client", Reason: "proof", From: "127.0.0.0/24"})
	b.waitEvent("", record.TokenRefused{Reason: "token", From: "127.0.0.0/24"})
	if se := b.row(l.session); se.Phase != signaling.Asking {
		t.Errorf("phase %s, want asking still", se.Phase)
	}
}

// forge gives a token another header, or without one, other claims.
func forge(token, header string) string {
	parts := strings.Split(token, ".")
	if header == "" {
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			panic(err)
		}
		parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `"client"`, `"viewer"`, 1)))
		return strings.Join(parts, ".")
	}
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + parts[1] + "."
}

func TestFirstMessageIsAuth(t *testing.T) {
	b := start(t, options{})
	for name, tc := range map[string]struct {
		raw  string
		kind int
		code signaling.Code
	}{
		"another message": {`{"type":"event","seq":1,"statement":{"body":"e30=","signature":"` + base64.StdEncoding.EncodeToString(make([]byte, 64)) + `"}}`, websocket.TextMessage, signaling.BadOrder},
		"unknown type":    {`{"type":"hello"}`, websocket.TextMessage, signaling.BadMessage},
		"not JSON":        {`hello`, websocket.TextMessage, signaling.BadMessage},
		"binary":          {`{"type":"auth"}`, websocket.BinaryMessage, signaling.BadMessage},
		"missing members": {`{"type":"auth","token":"x"}`, websocket.TextMessage, signaling.BadMessage},
	} {
		t.Run(name, func(t *testing.T) {
			ws, _, err := b.rawSocket(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			if err := ws.WriteMessage(tc.kind, []byte(tc.raw)); err != nil {
				t.Fatal(err)
			}
			e := &end{Conn: signaling.NewConn(ws), t: t}
			expect[signaling.Challenge](e)
			e.wantFault(tc.code)
			b.waitEvent("", record.TokenRefused{Reason: string(tc.code), From: "127.0.0.0/24"})
		})
	}
}

func TestOrigins(t *testing.T) {
	b := start(t, options{})
	own := "http://" + b.host
	host, port, _ := strings.Cut(b.host, ":")
	for origin, want := range map[string]bool{
		own:                            true,
		"null":                         false,
		"":                             false,
		"https://" + b.host:            false,
		"http://" + host:               false,
		"http://" + host + ":1":        false,
		"http://localhost:" + port:     false,
		own + "/":                      false,
		own + ".evil.example":          false,
		"http://evil.example":          false,
		"http://user@" + b.host:        false,
		strings.ToUpper(own):           false,
		"http://evil.example/" + own:   false,
		own + " http://evil.example":   false,
		"http://evil" + b.host:         false,
		"chrome-extension://" + b.host: false,
	} {
		ws, resp, err := b.rawSocket(http.Header{"Origin": {origin}})
		if err == nil {
			ws.Close()
		}
		if (err == nil) != want || !want && resp.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v, want open=%v", origin, err, want)
		}
	}
	if ws, _, err := b.rawSocket(nil); err != nil {
		t.Errorf("a program without Origin: %v", err)
	} else {
		ws.Close()
	}
	if _, resp, err := b.rawSocket(http.Header{"Origin": {own, own}}); err == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("two origins: %v", err)
	}
}

func TestSubprotocolIsNeeded(t *testing.T) {
	b := start(t, options{})
	for _, protocols := range [][]string{nil, {"beside.v2"}} {
		d := websocket.Dialer{Subprotocols: protocols}
		_, resp, err := d.DialContext(t.Context(), "ws://"+b.host+"/ws", nil)
		if err == nil || resp.StatusCode != http.StatusUpgradeRequired {
			t.Errorf("subprotocols %v: %v", protocols, err)
		}
	}
}

func TestUnprovenSocketsAreBounded(t *testing.T) {
	b := start(t, options{})
	var open []*websocket.Conn
	for range 50 {
		ws, _, err := b.rawSocket(nil)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, ws)
	}
	if _, resp, err := b.rawSocket(nil); err == nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the 51st unproven socket: %v", err)
	}
	for _, ws := range open {
		ws.Close()
	}
	for late := time.After(patience); ; { // its place is free once the broker has noticed
		ws, _, err := b.rawSocket(nil)
		if err == nil {
			ws.Close()
			return
		}
		select {
		case <-late:
			t.Fatal("places were not given back")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestNewestSocketTakesOver(t *testing.T) {
	b := start(t, options{})
	l, client, tab := b.both()
	newer := b.open(l, grant.Viewer)
	tab.wantFault(signaling.Superseded)
	client.until(func(s signaling.State) bool { return s.Peer == newer.epoch })
	again := b.reopen(l, grant.Viewer, newer.epoch) // a reconnect of the same instance
	newer.wantFault(signaling.Superseded)
	if again.welcome.State.Peer != client.epoch {
		t.Errorf("welcome %+v, want the client there", again.welcome)
	}
	b.waitEvent(l.session, record.PeerSuperseded{Role: "viewer"})
	again.Close()
	client.until(func(s signaling.State) bool { return s.Peer == "" })
	b.waitEvent(l.session, record.PeerLeft{Role: "viewer"})
}

func peer(from, to *end, seq uint64) signaling.Peer {
	return signaling.Peer{From: from.epoch, To: to.epoch, Seq: seq}
}

func TestPassesBetweenTheEnds(t *testing.T) {
	b := start(t, options{})
	_, client, viewer := b.both()
	client.until(func(s signaling.State) bool { return s.Peer == viewer.epoch })
	client.send(signaling.Offer{Peer: peer(client, viewer, 1), SDP: "v=0"})
	if got := expect[signaling.Offer](viewer); got.SDP != "v=0" || got.Peer != peer(client, viewer, 1) {
		t.Errorf("offer %+v", got)
	}
	ack := signaling.Ack{Peer: signaling.Peer{From: viewer.epoch, To: client.epoch}, Upto: 1}
	viewer.send(ack)
	if got := expect[signaling.Ack](client); got != ack {
		t.Errorf("ack %+v", got)
	}
	viewer.send(signaling.Answer{Peer: peer(viewer, client, 1), SDP: "v=0 answer"})
	if got := expect[signaling.Answer](client); got.SDP != "v=0 answer" {
		t.Errorf("answer %+v", got)
	}
	// For an instance that is gone: dropped, and the socket stays.
	client.send(signaling.Candidate{Peer: signaling.Peer{From: client.epoch, To: store.NewID(), Seq: 2}, Candidate: "lost", Mid: "0"})
	client.send(signaling.Candidate{Peer: peer(client, viewer, 2), Candidate: "candidate:1", Mid: "0"})
	if got := expect[signaling.Candidate](viewer); got.Candidate != "candidate:1" {
		t.Errorf("candidate %+v", got)
	}
}

// TestProtocolIsKept: whoever breaks it is told how and put out; it is in the
// log; nobody else notices.
func TestProtocolIsKept(t *testing.T) {
	b := start(t, options{})
	_, neighbour, neighbours := b.both()
	neighbour.until(func(s signaling.State) bool { return s.Peer == neighbours.epoch })
	big := strings.Repeat("x", signaling.MaxMessageBytes)
	for name, tc := range map[string]struct {
		role grant.Role
		raw  func(own, other *end) string
		code signaling.Code
	}{
		"viewer offers":  {grant.Viewer, func(o, p *end) string { return encode(signaling.Offer{Peer: peer(o, p, 1), SDP: "x"}) }, signaling.BadOrder},
		"client answers": {grant.Client, func(o, p *end) string { return encode(signaling.Answer{Peer: peer(o, p, 1), SDP: "x"}) }, signaling.BadOrder},
		"viewer reports": {grant.Viewer, func(_, _ *end) string { return encode(eventOf(1)) }, signaling.BadOrder},
		"auth again": {grant.Client, func(o, _ *end) string {
			return encode(signaling.Auth{Token: "x", Proof: make([]byte, 64), Epoch: o.epoch})
		}, signaling.BadOrder},
		"end plays broker": {grant.Viewer, func(_, _ *end) string { return encode(signaling.Recorded{Seq: 1}) }, signaling.BadOrder},
		"state from an end": {grant.Client, func(_, _ *end) string {
			return encode(signaling.StateChange{State: signaling.State{Phase: signaling.Live}})
		}, signaling.BadOrder},
		"access from an end": {grant.Client, func(_, _ *end) string { return encode(signaling.Access{Token: "x"}) }, signaling.BadOrder},
		"foreign epoch":      {grant.Client, func(_, p *end) string { return encode(signaling.Offer{Peer: peer(p, p, 1), SDP: "x"}) }, signaling.BadMessage},
		"no seq":             {grant.Client, func(o, p *end) string { return encode(signaling.Offer{Peer: peer(o, p, 0), SDP: "x"}) }, signaling.BadMessage},
		"unknown type":       {grant.Client, func(_, _ *end) string { return `{"type":"video"}` }, signaling.BadMessage},
		"unknown member":     {grant.Client, func(_, _ *end) string { return `{"type":"recorded","seq":1,"more":1}` }, signaling.BadMessage},
		"member twice":       {grant.Client, func(_, _ *end) string { return `{"type":"recorded","seq":1,"seq":2}` }, signaling.BadMessage},
		"not JSON":           {grant.Client, func(_, _ *end) string { return "\x00" }, signaling.BadMessage},
		"two messages":       {grant.Client, func(_, _ *end) string { return encode(signaling.Recorded{Seq: 1}) + encode(signaling.Recorded{Seq: 1}) }, signaling.BadMessage},
		"long sdp":           {grant.Client, func(o, p *end) string { return encode(signaling.Offer{Peer: peer(o, p, 1), SDP: big[:17<<10]}) }, signaling.BadMessage},
		"unsigned event":     {grant.Client, func(_, _ *end) string { return encode(eventOf(1)) }, signaling.BadMessage},
		"over 64 KiB":        {grant.Client, func(_, _ *end) string { return big + "x" }, ""}, // the websocket's own close code says it
	} {
		t.Run(name, func(t *testing.T) {
			l, client, viewer := b.both()
			own, other := client, viewer
			if tc.role == grant.Viewer {
				own, other = viewer, client
			}
			ws, e := b.rawProven(l, tc.role)
			e.t = t
			if err := ws.WriteMessage(websocket.TextMessage, []byte(tc.raw(e, other))); err != nil {
				t.Fatal(err)
			}
			own.t, other.t = t, t
			own.wantFault(signaling.Superseded)
			code := tc.code
			if code == "" {
				code = signaling.TooLarge
				wantClosed(e)
			} else {
				e.wantFault(code)
			}
			b.waitEvent(l.session, record.MessageRefused{Role: string(tc.role), Code: string(code)})
			other.until(func(s signaling.State) bool { return s.Peer == "" })
		})
	}
	neighbour.send(signaling.Offer{Peer: peer(neighbour, neighbours, 1), SDP: "still here"})
	if got := expect[signaling.Offer](neighbours); got.SDP != "still here" {
		t.Errorf("neighbours: %+v", got)
	}
}

func TestTooManyMessages(t *testing.T) {
	b := start(t, options{})
	l, client, viewer := b.both()
	for i := range 1000 {
		if client.Write(signaling.Candidate{Peer: peer(client, viewer, uint64(i+1)), Candidate: "x"}) != nil {
			break // put out
		}
	}
	b.waitEvent(l.session, record.MessageRefused{Role: "client", Code: string(signaling.TooMany)})
}

func encode(m signaling.Message) string {
	raw, err := signaling.Encode(m)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func eventOf(seq uint64) signaling.Event {
	return signaling.Event{Seq: seq, Statement: record.Statement{Body: []byte("{}"), Signature: make([]byte, 64)}}
}

// rawProven is a proven socket on which anything can be sent.
func (b *broker) rawProven(l link, role grant.Role) (*websocket.Conn, *end) {
	b.t.Helper()
	ws, _, err := b.rawSocket(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	e := &end{Conn: signaling.NewConn(ws), t: b.t, epoch: store.NewID()}
	b.t.Cleanup(e.Close)
	e.prove(b.token(l, role).Token, l.key(role), b.host)
	e.welcome = expect[signaling.Welcome](e)
	return ws, e
}

func wantClosed(e *end) {
	e.t.Helper()
	for {
		if _, err := e.Read(patience); err != nil {
			if !strings.Contains(fmt.Sprint(err), "1009") && !strings.Contains(fmt.Sprint(err), "reset") {
				e.t.Errorf("closed with %v, want 1009", err)
			}
			return
		}
	}
}
