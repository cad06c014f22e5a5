package session_test

import (
	"net/http"
	"slices"
	"testing"

	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

func TestStory(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	viewer := b.open(l, grant.Viewer)
	if w := viewer.welcome; w.State.Phase != signaling.Invited || w.Organisation != "Example GmbH" || w.Technician != "Ada" || w.Role != grant.Viewer {
		t.Errorf("welcome %+v", w)
	}
	a := b.redeem(l)
	if a.Status != http.StatusOK || a.Session != l.session || a.Technician != "Ada" || a.Signaling != "ws://"+b.host+"/ws" {
		t.Fatalf("redeem: %+v", a)
	}
	viewer.untilPhase(signaling.Joined)
	client := b.socket()
	client.prove(a.Token, l.client, b.host)
	w := expect[signaling.Welcome](client)
	if w.State != (signaling.State{Phase: signaling.Joined, Peer: viewer.epoch}) || w.Role != grant.Client {
		t.Errorf("welcome %+v, want phase joined and the viewer's epoch", w)
	}
	viewer.until(func(s signaling.State) bool { return s.Peer == client.epoch })

	b.accept(l)
	client.untilPhase(signaling.Asking)
	access := expect[signaling.Access](viewer).Token
	keys, err := b.Keys().PublicKeys()
	if err != nil {
		t.Fatal(err)
	}
	token, err := grant.NewVerifier("http://"+b.host, keys...).Verify(access, grant.AccessToken)
	if err != nil || token.Session != l.session || token.Role != grant.Viewer || token.Scopes != session.Offered() ||
		token.Holder != grant.Thumbprint(public(l.viewer)) || token.Subject != "technician:"+b.ada.ID {
		t.Errorf("access token %+v, %v", token, err)
	}

	r := l.reporter()
	for _, step := range []struct {
		data    record.Data
		phase   signaling.Phase
		granted string
	}{
		{record.PeerVerified{Viewer: "fp", Path: "direct"}, signaling.Asking, ""},
		{record.ConsentAsked{Scopes: "view", Technician: "Ada"}, signaling.Asking, ""},
		{record.ConsentGranted{Generation: 1, Asked: "view", Scopes: "view", Viewer: "fp"}, signaling.Live, "view"},
		{record.ConsentAsked{Scopes: "control"}, signaling.Live, "view"},
		{record.ConsentDeclined{Asked: "control", Reason: "declined"}, signaling.Live, "view"},
		{record.ConsentGranted{Generation: 2, Asked: "control", Scopes: "view control", Viewer: "fp"}, signaling.Live, "view control"},
		{record.SharingPaused{}, signaling.Paused, "view control"},
		{record.SharingResumed{}, signaling.Live, "view control"},
		{record.RightsRevoked{Generation: 3, Scopes: "control", By: "requester"}, signaling.Live, "view"},
		{record.ClientStopped{Reason: "requester"}, signaling.Ended, ""},
	} {
		client.report(r, step.data)
		if se := b.row(l.session); se.Phase != step.phase || se.Granted.String() != step.granted {
			t.Errorf("after %T: phase %s, granted %q; want %s, %q", step.data, se.Phase, se.Granted, step.phase, step.granted)
		}
	}
	for _, e := range []*end{viewer, client} {
		if s := e.untilPhase(signaling.Ended); s.Reason != signaling.ByRequester {
			t.Errorf("reason %s, want requester", s.Reason)
		}
	}
	viewer.wantFault(signaling.SessionEnded)
	want := []record.Kind{
		record.KindInvitationCreated, record.KindTokenIssued, record.KindPeerArrived, record.KindSessionJoined, record.KindTokenIssued,
		record.KindPeerArrived, record.KindSessionAccepted, record.KindTokenIssued,
		record.KindPeerVerified, record.KindConsentAsked, record.KindConsentGranted, record.KindConsentAsked, record.KindConsentDeclined,
		record.KindConsentGranted, record.KindSharingPaused, record.KindSharingResumed, record.KindRightsRevoked, record.KindClientStopped, record.KindSessionEnded,
	}
	if got := b.kinds(l.session); len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("events\n%v\nwant\n%v", got, want)
	}
}

// TestNothingIsAskedBeforeAccept: until the technician accepted who joined, the
// viewer holds no token that any client would believe.
func TestNothingIsAskedBeforeAccept(t *testing.T) {
	b := start(t, options{})
	l, client, viewer := b.both()
	viewer.until(func(s signaling.State) bool { return s.Peer == client.epoch })
	if slices.ContainsFunc(b.events(l.session), func(e record.Event) bool {
		issued, ok := e.Data.(record.TokenIssued)
		return ok && issued.Type == string(grant.AccessToken)
	}) {
		t.Error("an access token was issued before the technician accepted")
	}
	b.accept(l)
	expect[signaling.Access](viewer)
	b.accept(l) // again is nothing
}

func TestTechnicianEnds(t *testing.T) {
	b := start(t, options{})
	for _, reason := range []string{"technician", "refused"} {
		l, client, viewer := b.both()
		for range 2 { // the second is nothing
			if a := b.post(b.ada.ID, "/sessions/"+l.session+"/end", object{"reason": reason}); a.Status != http.StatusNoContent {
				t.Fatalf("end: %d %s", a.Status, a.Code)
			}
		}
		for _, e := range []*end{client, viewer} {
			if s := e.untilPhase(signaling.Ended); string(s.Reason) != reason {
				t.Errorf("reason %s, want %s", s.Reason, reason)
			}
		}
		// What the client still has to tell is taken.
		client.report(l.reporter(), record.ClientStopped{Reason: reason})
		if n := len(slices.DeleteFunc(b.kinds(l.session), func(k record.Kind) bool { return k != record.KindSessionEnded })); n != 1 {
			t.Errorf("%d events session.ended, want one", n)
		}
	}
}

func TestTechnicianMayNot(t *testing.T) {
	b := start(t, options{})
	l := b.invite()
	path := "/sessions/" + l.session
	for name, tc := range map[string]struct {
		technician, path string
		body             any
		status           int
		code             string
	}{
		"accept before anybody joined":  {b.ada.ID, path + "/accept", nil, http.StatusConflict, "nobody_joined"},
		"accept another's session":      {b.bob.ID, path + "/accept", nil, http.StatusForbidden, "not_yours"},
		"accept when signed out":        {"", path + "/accept", nil, http.StatusUnauthorized, "signed_out"},
		"accept no session":             {b.ada.ID, "/sessions/none/accept", nil, http.StatusNotFound, "not_found"},
		"end another's session":         {b.bob.ID, path + "/end", object{"reason": "technician"}, http.StatusForbidden, "not_yours"},
		"end when signed out":           {"", path + "/end", object{"reason": "technician"}, http.StatusUnauthorized, "signed_out"},
		"end for the requester's cause": {b.ada.ID, path + "/end", object{"reason": "requester"}, http.StatusUnprocessableEntity, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if a := b.post(tc.technician, tc.path, tc.body); a.Status != tc.status || a.Code != tc.code {
				t.Errorf("%d %s, want %d %s", a.Status, a.Code, tc.status, tc.code)
			}
		})
	}
	if se := b.row(l.session); se.Phase != signaling.Invited {
		t.Errorf("phase %s, want invited", se.Phase)
	}
	b.update(func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.End(l.session, signaling.ByTechnician)
		return []record.Event{record.New(record.SessionEnded{}, record.ByBroker, record.Actor{})}, err
	})
	if a := b.post(b.ada.ID, path+"/accept", nil); a.Code != "session_ended" {
		t.Errorf("accept after the end: %s", a.Code)
	}
}
