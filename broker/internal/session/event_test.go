package session_test

import (
	"net/http"
	"testing"
	"time"

	"beside/broker/internal/relay"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

func TestEventsAreTakenInOrderOnce(t *testing.T) {
	b := start(t, options{})
	l, client, _ := b.both()
	r := l.reporter()
	first, second := r.next(t, record.CaptureStarted{Width: 1, Height: 2}), r.next(t, record.ControlStarted{})
	for _, step := range []struct {
		send signaling.Event
		want uint64
	}{{first, 1}, {first, 1}, {second, 2}, {first, 2}, {second, 2}} {
		client.send(step.send)
		if got := expect[signaling.Recorded](client).Seq; got != step.want {
			t.Errorf("recorded %d, want %d", got, step.want)
		}
	}
	var kept []record.Event
	for _, e := range b.events(l.session) {
		if e.Reporter == record.ByClient {
			kept = append(kept, e)
		}
	}
	if len(kept) != 2 || kept[0].Signed == nil || string(kept[0].Signed.Body) != string(first.Statement.Body) {
		t.Fatalf("kept %+v, want both statements once, as signed", kept)
	}
	if _, data, err := kept[1].Signed.Open(public(l.client)); err != nil || data != kept[1].Data {
		t.Errorf("the kept statement: %v, %v", data, err)
	}
	// Somebody who comes back is told where they stopped.
	if again := b.open(l, grant.Client); again.welcome.Recorded != 2 {
		t.Errorf("welcome says %d are recorded, want 2", again.welcome.Recorded)
	}
}

// TestOnlyTheClientSaysWhatIsGranted: no event that the session's client did
// not sign, as the next of its chain, changes anything.
func TestOnlyTheClientSaysWhatIsGranted(t *testing.T) {
	b := start(t, options{})
	granted := record.ConsentGranted{Generation: 1, Scopes: "view control"}
	claim := func(l link) record.Claim {
		return record.Claim{Session: l.session, Seq: 1, Time: time.Now(), Kind: record.KindConsentGranted, Data: []byte(`{"generation":1,"asked":"view","scopes":"view control","viewer":"","grant":null}`)}
	}
	for name, tc := range map[string]struct {
		event func(*reporter, link) signaling.Event
		code  signaling.Code
	}{
		"signed by the viewer": {func(r *reporter, l link) signaling.Event { r.key = l.viewer; return r.next(t, granted) }, signaling.BadMessage},
		"changed afterwards": {func(r *reporter, l link) signaling.Event {
			e := r.next(t, granted)
			e.Statement.Body[20] ^= 1
			return e
		}, signaling.BadMessage},
		"of another session": {func(r *reporter, l link) signaling.Event { r.session = "other"; return r.next(t, granted) }, signaling.BadMessage},
		"numbered otherwise": {func(r *reporter, l link) signaling.Event { e := r.next(t, granted); e.Seq = 2; return e }, signaling.BadMessage},
		"a gap":              {func(r *reporter, l link) signaling.Event { r.next(t, granted); return r.next(t, granted) }, signaling.BadOrder},
		"another chain":      {func(r *reporter, l link) signaling.Event { r.prev = make([]byte, 32); return r.next(t, granted) }, signaling.BadOrder},
		"what a broker says": {func(r *reporter, l link) signaling.Event { return r.next(t, record.SessionEnded{Reason: "technician"}) }, signaling.BadMessage},
		"unknown kind": {func(r *reporter, l link) signaling.Event {
			c := claim(l)
			c.Kind = "client.made_up"
			return r.sign(t, c)
		}, signaling.BadMessage},
		"unknown member of data": {func(r *reporter, l link) signaling.Event {
			c := claim(l)
			c.Data = []byte(`{"more":1}`)
			return r.sign(t, c)
		}, signaling.BadMessage},
		"unknown scopes": {func(r *reporter, l link) signaling.Event { return r.next(t, record.ConsentGranted{Scopes: "root"}) }, signaling.BadMessage},
	} {
		t.Run(name, func(t *testing.T) {
			l, client, viewer := b.both()
			client.t = t
			b.accept(l)
			client.send(tc.event(l.reporter(), l))
			client.wantFault(tc.code)
			if se := b.row(l.session); se.Phase != signaling.Asking || !se.Granted.Empty() || se.ClientSeq != 0 {
				t.Errorf("phase %s, granted %q, %d events", se.Phase, se.Granted, se.ClientSeq)
			}
			b.waitEvent(l.session, record.MessageRefused{Role: "client", Code: string(tc.code)})
			viewer.Close()
		})
	}
}

func TestFirstNoEnds(t *testing.T) {
	b := start(t, options{})
	for reason, want := range map[string]signaling.Reason{"declined": signaling.Declined, "unanswered": signaling.Unanswered} {
		l, client, viewer := b.both()
		b.accept(l)
		r := l.reporter()
		client.report(r, record.ConsentAsked{Scopes: "view"})
		client.report(r, record.ConsentDeclined{Asked: "view", Reason: "busy"}) // nobody was asked
		client.report(r, record.ConsentDeclined{Asked: "view", Reason: reason})
		if s := viewer.untilPhase(signaling.Ended); s.Reason != want {
			t.Errorf("reason %s, want %s", s.Reason, want)
		}
		client.report(r, record.ClientStopped{Reason: string(want)})
	}
}

func TestAnotherViewerBeginsWithNothing(t *testing.T) {
	b := start(t, options{})
	l, client, _ := b.both()
	b.accept(l)
	r := l.reporter()
	client.report(r, record.ConsentGranted{Generation: 1, Scopes: "view control"})
	client.report(r, record.RightsRevoked{Generation: 2, Scopes: "view control", By: "technician"})
	client.report(r, record.ConsentAsked{Scopes: "view"})
	if se := b.row(l.session); se.Phase != signaling.Asking {
		t.Errorf("phase %s, want asking anew", se.Phase)
	}
}

// TestBrokerRestart: a broker that was killed and started anew goes on, and
// nothing that was acknowledged or kept is lost.
func TestBrokerRestart(t *testing.T) {
	dir := t.TempDir()
	b := start(t, options{dir: dir})
	l, client, viewer := b.both()
	b.accept(l)
	r := l.reporter()
	client.report(r, record.ConsentGranted{Generation: 1, Scopes: "view"})
	unsent := r.next(t, record.CaptureStarted{Width: 1, Height: 1})
	kid := b.Keys().Keys[0].ID
	b.stop()
	for _, e := range []*end{client, viewer} {
		e.wantFault(signaling.GoingAway)
	}

	b = start(t, options{dir: dir})
	if got := b.Keys().Keys[0].ID; got != kid {
		t.Errorf("the new broker signs with another key")
	}
	client, viewer = b.reopen(l, grant.Client, client.epoch), b.reopen(l, grant.Viewer, viewer.epoch)
	if w := client.welcome; w.Recorded != 1 || w.State.Phase != signaling.Live {
		t.Errorf("welcome %+v, want live with one event recorded", w)
	}
	expect[signaling.Access](viewer)
	client.send(unsent)
	if got := expect[signaling.Recorded](client).Seq; got != 2 {
		t.Errorf("recorded %d, want 2", got)
	}
	client.send(signaling.Offer{Peer: peer(client, viewer, 1), SDP: "again"})
	if got := expect[signaling.Offer](viewer); got.SDP != "again" {
		t.Errorf("offer %+v", got)
	}
}

func TestWelcomeBringsTheRelay(t *testing.T) {
	b := start(t, options{Config: session.Config{Relay: &relay.Config{Listen: "127.0.0.1:0", Host: "127.0.0.1"}}})
	l, client, viewer := b.both()
	for role, e := range map[grant.Role]*end{grant.Client: client, grant.Viewer: viewer} {
		if ice := e.welcome.ICE; len(ice) != 2 || ice[1].Credential == "" || ice[1].Username[11:] != l.session+":"+string(role) {
			t.Errorf("%s: ice %+v", role, ice)
		}
	}
	if client.welcome.ICE[1].Credential == viewer.welcome.ICE[1].Credential {
		t.Error("both sides have one credential")
	}
}

func TestRelayCredentialsAreRenewed(t *testing.T) {
	const life = 4 * time.Second // they count in whole seconds
	b := start(t, options{Config: session.Config{Relay: &relay.Config{Listen: "127.0.0.1:0", Host: "127.0.0.1", Life: life}}})
	_, client, viewer := b.both()
	for role, e := range map[grant.Role]*end{grant.Client: client, grant.Viewer: viewer} {
		next := expect[signaling.Relay](e)
		if first := e.welcome.ICE; len(next.ICE) != 2 || next.ICE[1].Username <= first[1].Username || next.ICE[1].Credential == first[1].Credential {
			t.Errorf("%s: got %+v after %+v", role, next.ICE, first)
		}
	}
}

func TestLostClientEndsTheSession(t *testing.T) {
	b := start(t, options{Config: session.Config{LostAfter: 2 * time.Second}})
	l, client, viewer := b.both()
	waiting := b.invite() // nobody joined: there is nobody to lose
	client.Close()
	if s := viewer.untilPhase(signaling.Ended); s.Reason != signaling.LostClient {
		t.Errorf("reason %s, want lost_client", s.Reason)
	}
	b.waitEvent(l.session, record.SessionEnded{Reason: "lost_client"})
	if se := b.row(waiting.session); se.Phase != signaling.Invited {
		t.Errorf("phase %s, want invited", se.Phase)
	}
}

// TestOthersCommitsAreSeen: whoever commits a change, both sides are told.
func TestOthersCommitsAreSeen(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	viewer := b.open(l, grant.Viewer)
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.End(l.session, signaling.Revoked)
		e := record.New(record.SessionEnded{Reason: "revoked"}, record.ByBroker, record.Actor{Kind: record.Technician})
		e.Session = l.session
		return []record.Event{e}, err
	})
	if s := viewer.untilPhase(signaling.Ended); s.Reason != signaling.Revoked {
		t.Errorf("reason %s, want revoked", s.Reason)
	}
	viewer.wantFault(signaling.SessionEnded)
}

func TestKeySet(t *testing.T) {
	b := start(t, options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+b.host+"/.well-known/jwks.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/jwk-set+json" {
		t.Errorf("%s, %s", resp.Status, resp.Header.Get("Content-Type"))
	}
}
