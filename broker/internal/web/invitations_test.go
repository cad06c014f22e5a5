package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling"
	"beside/signaling/record"
)

func (h *harness) landing(i invited) web.LandingPage {
	h.t.Helper()
	res := h.stranger().do("GET", "/api/v1/invitations/"+i.Invitation.ID+"/page", nil, i.page())
	if res.status != http.StatusOK {
		h.t.Fatalf("landing page = %d %s", res.status, res.body)
	}
	var p web.LandingPage
	h.must(json.Unmarshal(res.body, &p))
	return p
}

func TestInvitationStages(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	inv := who.invite(tk.ID)
	if inv.Invitation.Stage != invitation.Waiting || inv.Session.Phase != signaling.Invited || inv.Session.Invitation != inv.Invitation.ID {
		t.Errorf("new invitation = %+v, %+v", inv.Invitation, inv.Session)
	}
	who.want(http.StatusOK, "GET", "/api/v1/tickets/"+tk.ID, nil, &tk)
	if tk.State != desk.Helping || tk.Assignee == "" || len(tk.Sessions) != 1 {
		t.Errorf("ticket after Help = %+v, want it helped by the technician", tk)
	}
	p := h.landing(inv)
	if p.Stage != invitation.Waiting || p.Organisation != "Test Desk" || p.Technician != "Name of ada@example.org" || len(p.Downloads) != 1 || p.Summary != nil {
		t.Errorf("landing page = %+v", p)
	}
	opened := "/api/v1/invitations/" + inv.Invitation.ID + "/opened"
	for range 2 {
		if res := h.stranger().do("POST", opened, nil, inv.page()); res.status != http.StatusNoContent {
			t.Errorf("opened = %d %s, want 204", res.status, res.body)
		}
	}
	if n := strings.Count(h.dump(), "audit_event.kind=invitation.opened"); n != 1 {
		t.Errorf("%d events invitation.opened, want 1", n)
	}
	if p := h.landing(inv); p.Stage != invitation.Opened {
		t.Errorf("stage after opened = %s", p.Stage)
	}
	who.want(http.StatusNoContent, "POST", "/api/v1/invitations/"+inv.Invitation.ID+"/revoke", nil, nil)
	who.want(http.StatusNoContent, "POST", "/api/v1/invitations/"+inv.Invitation.ID+"/revoke", nil, nil)
	if p := h.landing(inv); p.Stage != invitation.Revoked || len(p.Downloads) != 0 || p.Summary == nil || p.Summary.Reason != signaling.Revoked {
		t.Errorf("landing page after revoke = %+v", p)
	}
	var i web.Invitation
	who.want(http.StatusOK, "GET", "/api/v1/invitations/"+inv.Invitation.ID, nil, &i)
	if i.Stage != invitation.Revoked || i.OpenedAt == nil || i.RevokedAt == nil {
		t.Errorf("invitation after revoke = %+v", i)
	}
}

// Whatever is wrong, the answer is the same: nobody learns which ids exist.
func TestLandingPageNeedsTheLink(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	a, b := who.invite(tk.ID), who.invite(tk.ID)
	var first []byte
	for name, tc := range map[string]struct {
		id     string
		header map[string]string
	}{
		"unknown id":       {"AAAAAAAAAAAAAAAAAAAAAA", a.page()},
		"another's value":  {a.Invitation.ID, b.page()},
		"no value":         {a.Invitation.ID, nil},
		"short value":      {a.Invitation.ID, map[string]string{"Beside-Page": "AAAA"}},
		"not base64url":    {a.Invitation.ID, map[string]string{"Beside-Page": "=?"}},
		"value in a query": {a.Invitation.ID + "/page?page=" + a.page()["Beside-Page"], nil},
	} {
		for _, call := range []struct{ method, path string }{{"GET", "/page"}, {"POST", "/opened"}} {
			res := h.stranger().do(call.method, "/api/v1/invitations/"+tc.id+call.path, nil, tc.header)
			if strings.Contains(tc.id, "?") {
				if res.status == http.StatusOK || res.status == http.StatusNoContent {
					t.Errorf("%s: %s succeeded", name, call.method)
				}
				continue
			}
			var p map[string]any
			h.must(json.Unmarshal(res.body, &p))
			delete(p, "request")
			body, err := json.Marshal(p)
			h.must(err)
			if first == nil {
				first = body
			}
			if res.status != http.StatusNotFound || string(body) != string(first) {
				t.Errorf("%s: %s %s = %d %s, want 404 %s", name, call.method, call.path, res.status, body, first)
			}
		}
	}
}

func TestLinkBelongsToItsTechnician(t *testing.T) {
	h := newHarness(t)
	ada, bob := h.signIn("ada@example.org", desk.Technician), h.signIn("bob@example.org", desk.Technician)
	inv := ada.invite(ada.ticket().ID)
	bob.want(http.StatusForbidden, "GET", "/api/v1/invitations/"+inv.Invitation.ID, nil, nil)
	bob.want(http.StatusForbidden, "POST", "/api/v1/invitations/"+inv.Invitation.ID+"/revoke", nil, nil)
	if p := h.landing(inv); p.Stage != invitation.Waiting {
		t.Errorf("stage = %s, want it untouched", p.Stage)
	}
}

func TestInvitationIsRefused(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	good := b64(make([]byte, 32))
	for name, body := range map[string]map[string]string{
		"short":   {"joinHash": "AAAA", "pageHash": good},
		"padding": {"joinHash": good, "pageHash": good + "="},
		"missing": {"joinHash": good},
	} {
		if res := who.do("POST", "/api/v1/tickets/"+tk.ID+"/invitations", body, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d %s, want 422", name, res.status, res.body)
		}
	}
	hashes := map[string]string{"joinHash": good, "pageHash": good}
	who.want(http.StatusCreated, "POST", "/api/v1/tickets/"+tk.ID+"/invitations", hashes, nil)
	if res := who.do("POST", "/api/v1/tickets/"+tk.ID+"/invitations", hashes, nil); res.code() != "invitation_taken" {
		t.Errorf("same link again = %d %s, want invitation_taken", res.status, res.body)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]string{"state": "resolved", "resolution": "x"}, nil)
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]string{"state": "closed"}, nil)
	if res := who.do("POST", "/api/v1/tickets/"+tk.ID+"/invitations", map[string]string{"joinHash": b64([]byte(strings.Repeat("x", 32))), "pageHash": good}, nil); res.code() != "ticket_closed" {
		t.Errorf("closed ticket = %d %s, want ticket_closed", res.status, res.body)
	}
}

func TestRedeemedLinkIsNotRevoked(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	inv := who.invite(who.ticket().ID)
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		if _, err := tx.RedeemInvitation(inv.Invitation.ID); err != nil {
			return nil, err
		}
		_, err := tx.Join(inv.Session.ID, []byte("key"), store.System{OS: "linux"}, "192.0.2.0/24")
		e := record.New(record.SessionJoined{Invitation: inv.Invitation.ID}, record.ByBroker, record.Actor{Kind: record.Requester})
		return []record.Event{e}, err
	}))
	if res := who.do("POST", "/api/v1/invitations/"+inv.Invitation.ID+"/revoke", nil, nil); res.status != http.StatusConflict || res.code() != "invitation_used" {
		t.Errorf("revoke = %d %s, want 409 invitation_used", res.status, res.body)
	}
	if p := h.landing(inv); p.Stage != "joined" || len(p.Downloads) != 0 {
		t.Errorf("landing page = %+v, want joined and no download", p)
	}
	var list struct{ Sessions []web.Session }
	who.want(http.StatusOK, "GET", "/api/v1/sessions?state=open", nil, &list)
	if len(list.Sessions) != 1 || list.Sessions[0].System == nil || list.Sessions[0].System.OS != "linux" || list.Sessions[0].JoinedFrom != "192.0.2.0/24" {
		t.Errorf("sessions = %+v", list.Sessions)
	}
	who.want(http.StatusUnprocessableEntity, "GET", "/api/v1/sessions?state=odd", nil, nil)
}
