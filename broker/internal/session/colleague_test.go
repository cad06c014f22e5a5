package session_test

import (
	"crypto/ed25519"
	"net/http"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// call is Ada's link for a second technician.
func (b *broker) call(l link, technician string) (ed25519.PrivateKey, answer) {
	b.t.Helper()
	key := newKey()
	return key, b.post(technician, "/sessions/"+l.session+"/colleague", object{"key": b64(public(key))})
}

// come asks for a token as a colleague.
func (b *broker) come(l link, technician string, key ed25519.PrivateKey) answer {
	b.t.Helper()
	return b.post(technician, "/sessions/"+l.session+"/token", tokenBody(grant.Colleague, l.session, key, time.Now()))
}

// seen is a session whose technician sees.
func (b *broker) seen() (l link, client *end, r *reporter) {
	b.t.Helper()
	l, client, _ = b.both()
	b.accept(l)
	r = l.reporter()
	client.report(r, record.ConsentAsked{Scopes: "view", Technician: "Ada"})
	client.report(r, record.ConsentGranted{Generation: 1, Asked: "view", Scopes: "view", Viewer: "fp"})
	return l, client, r
}

// colleague is Bob, who came.
func (b *broker) colleague(l link) (*end, ed25519.PrivateKey) {
	b.t.Helper()
	key, made := b.call(l, b.ada.ID)
	if made.Status != http.StatusOK {
		b.t.Fatalf("call: %d %s", made.Status, made.Code)
	}
	a := b.come(l, b.bob.ID, key)
	if a.Token == "" {
		b.t.Fatalf("token: %d %s", a.Status, a.Code)
	}
	e := b.socket()
	e.prove(a.Token, key, b.host)
	e.welcome = expect[signaling.Welcome](e)
	return e, key
}

func TestColleagueComesBesideTheTechnician(t *testing.T) {
	b := start(t, options{})
	l, client, r := b.seen()
	bob, key := b.colleague(l)
	if w := bob.welcome; w.Role != grant.Colleague || w.Technician != "Ada" || w.State.Colleague != nil {
		t.Errorf("welcome %+v", w)
	}
	st := client.until(func(s signaling.State) bool { return s.Colleague != nil })
	if st.Colleague.Peer != bob.epoch || st.Colleague.Technician != "Bob" || st.Peer == bob.epoch || st.Peer == "" {
		t.Errorf("the client sees %+v, %+v", st, st.Colleague)
	}
	keys, err := b.Keys().PublicKeys()
	if err != nil {
		t.Fatal(err)
	}
	token, err := grant.NewVerifier("http://"+b.host, keys...).Verify(expect[signaling.Access](bob).Token, grant.AccessToken)
	if err != nil || token.Role != grant.Colleague || token.Scopes != grant.SetOf(grant.View) ||
		token.Holder != grant.Thumbprint(public(key)) || token.Subject != "technician:"+b.bob.ID {
		t.Errorf("access token %+v, %v", token, err)
	}

	// From end to end, each to the one that it is for.
	client.send(signaling.Offer{Peer: signaling.Peer{From: client.epoch, To: bob.epoch, Seq: 1}, SDP: "for Bob"})
	if got := expect[signaling.Offer](bob).SDP; got != "for Bob" {
		t.Errorf("Bob is offered %q", got)
	}
	bob.send(signaling.Answer{Peer: signaling.Peer{From: bob.epoch, To: client.epoch, Seq: 1}, SDP: "of Bob"})
	if got := expect[signaling.Answer](client).SDP; got != "of Bob" {
		t.Errorf("the client is answered %q", got)
	}

	// They leave: the session goes on, and their link is good no more.
	client.report(r, record.ColleagueLeft{By: "technician"})
	bob.wantFault(signaling.SessionEnded)
	if a := b.come(l, b.bob.ID, key); a.Code != "call_unknown" {
		t.Errorf("after the end: %d %s", a.Status, a.Code)
	}
	if se := b.row(l.session); se.Phase != signaling.Live {
		t.Errorf("phase %s", se.Phase)
	}
	kinds := b.kinds(l.session)
	for _, kind := range []record.Kind{record.KindColleagueCalled, record.KindColleagueCame, record.KindColleagueLeft} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no event %s", kind)
		}
	}
}

func TestCallIsGoodForOneColleague(t *testing.T) {
	b := start(t, options{})
	l, _, _ := b.seen()
	if _, a := b.call(l, b.bob.ID); a.Code != "not_yours" {
		t.Errorf("a call by somebody else: %d %s", a.Status, a.Code)
	}
	if a := b.come(l, b.bob.ID, newKey()); a.Code != "call_unknown" {
		t.Errorf("a key that nobody called: %d %s", a.Status, a.Code)
	}
	key, _ := b.call(l, b.ada.ID)
	if a := b.come(l, b.ada.ID, key); a.Code != "call_not_yours" {
		t.Errorf("who made it comes: %d %s", a.Status, a.Code)
	}
	newer, _ := b.call(l, b.ada.ID)
	if a := b.come(l, b.bob.ID, key); a.Code != "call_unknown" {
		t.Errorf("a link before the last: %d %s", a.Status, a.Code)
	}
	if a := b.come(l, b.bob.ID, newer); a.Token == "" {
		t.Errorf("the link: %d %s", a.Status, a.Code)
	}
	if a := b.come(l, b.bob.ID, newer); a.Token == "" {
		t.Errorf("the same colleague again: %d %s", a.Status, a.Code)
	}

	late, _ := b.call(l, b.ada.ID)
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		return []record.Event{record.New(record.ColleagueCalled{}, record.ByBroker, record.Actor{Kind: record.Broker})},
			tx.CallColleague(l.session, public(late), time.Now().Add(-time.Second))
	})
	if a := b.come(l, b.bob.ID, late); a.Code != "call_unknown" {
		t.Errorf("too late: %d %s", a.Status, a.Code)
	}
}

func TestNobodyIsCalledBeforeTheTechnicianSees(t *testing.T) {
	b := start(t, options{})
	l, _, _ := b.both()
	if _, a := b.call(l, b.ada.ID); a.Code != "session_not_live" {
		t.Errorf("call: %d %s", a.Status, a.Code)
	}
}
