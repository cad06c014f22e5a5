package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
	"beside/signaling/invite"
)

// allowAsking is what an administrator does.
func (h *harness) allowAsking() {
	h.t.Helper()
	h.sql(`INSERT INTO asking_policy (id, allowed, changed_at) VALUES (1, 1, 1)`)
}

func asked(over map[string]any) map[string]any {
	body := map[string]any{"name": "Sam", "reach": "+44 20 7946 0018", "words": "No mail since Monday", "impact": "low", "urgency": "high"}
	for name, value := range over {
		body[name] = value
	}
	return body
}

// ask makes a ticket as the help page does, and returns the header of its waiting page.
func (h *harness) ask(over map[string]any) map[string]string {
	h.t.Helper()
	var out struct{ Secret string }
	h.stranger().want(http.StatusCreated, "POST", "/api/v1/help", asked(over), &out)
	return map[string]string{"Beside-Help": out.Secret}
}

func (h *harness) waiting(page map[string]string) (w web.Waiting) {
	h.t.Helper()
	res := h.stranger().do("GET", "/api/v1/help/waiting", nil, page)
	if res.status != http.StatusOK {
		h.t.Fatalf("waiting page = %d %s", res.status, res.body)
	}
	h.decode(res.body, &w)
	return w
}

func TestAskingIsOffUntilAnAdministratorAllowsIt(t *testing.T) {
	h := newHarness(t)
	b := h.stranger()
	var door web.HelpDoor
	b.want(http.StatusOK, "GET", "/api/v1/help", nil, &door)
	if door.Asking || door.Organisation != "Test Desk" {
		t.Errorf("door = %+v", door)
	}
	if res := b.do("POST", "/api/v1/help", asked(nil), nil); res.status != http.StatusForbidden || res.code() != "asking_off" {
		t.Errorf("asked while it is off: %d %s", res.status, res.body)
	}
	h.allowAsking()
	b.want(http.StatusOK, "GET", "/api/v1/help", nil, &door)
	if !door.Asking {
		t.Error("allowed, and nobody may")
	}
}

func TestPolicyOfAskingIsAnEvent(t *testing.T) {
	h := newHarness(t)
	admin := h.administrator()
	var p web.Policy
	admin.want(http.StatusOK, "GET", "/api/v1/policy", nil, &p)
	if p.Asking {
		t.Error("on from the beginning")
	}
	for range 2 { // the same again is no event
		admin.want(http.StatusOK, "PUT", "/api/v1/policy", map[string]any{"scopes": p.Scopes, "asking": true}, &p)
	}
	if !p.Asking {
		t.Error("not switched on")
	}
	admin.want(http.StatusOK, "PUT", "/api/v1/policy", map[string]any{"scopes": p.Scopes}, &p)
	if !p.Asking {
		t.Error("what was not said was changed")
	}
	if n := strings.Count(h.dump(), "audit_event.kind=policy.asking_changed"); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

func TestWhoAsksWaitsInTheQueue(t *testing.T) {
	h := newHarness(t)
	h.allowAsking()
	who := h.signIn("ada@example.org", desk.Technician)
	who.add("Jo", desk.High, desk.High, 0)
	page := h.ask(nil)
	who.add("Kim", desk.Low, desk.Low, 0)
	w := h.waiting(page)
	if w.Stage != "queued" || w.Before != 1 || w.Range != nil || w.Technician != "" || w.Start != nil || w.Name != "Sam" || w.Reach != "+44 20 7946 0018" {
		t.Errorf("waiting = %+v", w)
	}
	var list struct{ Tickets []web.Ticket }
	who.want(http.StatusOK, "GET", "/api/v1/tickets?state=open", nil, &list)
	tk := list.Tickets[1]
	if tk.Subject != "No mail since Monday" || tk.Priority != desk.DefaultRules().PriorityOf(desk.Low, desk.High) || tk.Requester != "Sam" {
		t.Errorf("ticket = %+v", tk)
	}
	who.want(http.StatusOK, "GET", "/api/v1/tickets/"+tk.ID, nil, &tk)
	if tk.Asked == nil || tk.Asked.Reach != w.Reach || tk.Asked.Withdrawn || !tk.Asked.Waits {
		t.Errorf("asked = %+v", tk.Asked)
	}
	if res := h.stranger().do("POST", "/api/v1/help/words", map[string]string{"words": "And no web."}, page); res.status != http.StatusNoContent {
		t.Errorf("more words: %d %s", res.status, res.body)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]any{"state": "helping", "assignee": h.me(who)}, &tk)
	if w := h.waiting(page); w.Stage != "taken" || w.Technician != "Name of ada@example.org" || w.Words != "No mail since Monday\n\nAnd no web." {
		t.Errorf("taken = %+v", w)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]any{"state": "resolved", "resolution": "r"}, &tk)
	if w := h.waiting(page); w.Stage != "over" {
		t.Errorf("solved = %+v", w)
	}
	if res := h.stranger().do("POST", "/api/v1/help/withdraw", nil, page); res.status != http.StatusNoContent || h.waiting(page).Stage != "over" {
		t.Errorf("a solved ticket was withdrawn: %d", res.status)
	}
	if dump := h.dump(); strings.Contains(dump, page["Beside-Help"]) || strings.Contains(h.log.String(), page["Beside-Help"]) {
		t.Error("the page's secret was written down")
	}
}

// How long others of this priority waited, by now, and nobody else's.
func TestWaitIsSaidAsOthersWaited(t *testing.T) {
	h := newHarness(t)
	h.allowAsking()
	who := h.signIn("ada@example.org", desk.Technician)
	for i := range 10 {
		tk := who.add("R", desk.Low, desk.High, 24*time.Hour)
		h.sql(`UPDATE ticket SET state = 'resolved', resolution = 'r', resolved_at = created_at + ? WHERE id = ?`, (i+1)*600_000, tk.ID)
		other := who.add("R", desk.Low, desk.Low, 24*time.Hour)
		h.sql(`UPDATE ticket SET state = 'resolved', resolution = 'r', resolved_at = created_at + 1 WHERE id = ?`, other.ID)
	}
	w := h.waiting(h.ask(nil))
	if w.Range == nil || w.Range.From < 19 || w.Range.From > 20 || w.Range.To != 80 {
		t.Errorf("range = %+v, want 20 to 80 minutes", w.Range)
	}
}

func TestWithdrawn(t *testing.T) {
	h := newHarness(t)
	h.allowAsking()
	who := h.signIn("ada@example.org", desk.Technician)
	page := h.ask(nil)
	var list struct{ Tickets []web.Ticket }
	who.want(http.StatusOK, "GET", "/api/v1/tickets", nil, &list)
	id := list.Tickets[0].ID
	told := who.hand(id, "012345678")
	if w := h.waiting(page); w.Stage != "start" || w.Start == nil || w.Start.Code != "012345678" || w.Start.Invitation != told.Invitation.ID {
		t.Errorf("a code was handed over: %+v", w)
	}
	for range 2 {
		if res := h.stranger().do("POST", "/api/v1/help/withdraw", nil, page); res.status != http.StatusNoContent {
			t.Fatalf("withdraw = %d %s", res.status, res.body)
		}
	}
	if w := h.waiting(page); w.Stage != "withdrawn" || w.Start != nil {
		t.Errorf("withdrawn: %+v", w)
	}
	if p := h.landing(told); p.Stage != "revoked" {
		t.Errorf("its code is %s", p.Stage)
	}
	var tk web.Ticket
	who.want(http.StatusOK, "GET", "/api/v1/tickets/"+id, nil, &tk)
	if tk.State != desk.Closed || tk.Asked == nil || !tk.Asked.Withdrawn || tk.Asked.Waits {
		t.Errorf("ticket = %+v %+v", tk, tk.Asked)
	}
	var r web.Report
	from, to := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	who.want(http.StatusOK, "GET", "/api/v1/reports?from="+from+"&to="+to, nil, &r)
	if r.All.Calls != 1 || r.All.Resolved != 0 || r.Waiting != 0 {
		t.Errorf("report = %+v, %d wait", r.All, r.Waiting)
	}
	if n := strings.Count(h.dump(), "audit_event.kind=ticket.withdrawn"); n != 1 {
		t.Errorf("%d events", n)
	}
}

// hand makes a code and gives it to the waiting page.
func (b *browser) hand(ticket, digits string) (out invited) {
	b.h.t.Helper()
	secret, err := invite.ParseSpoken(digits)
	b.h.must(err)
	b.want(http.StatusCreated, "POST", "/api/v1/tickets/"+ticket+"/invitations",
		map[string]any{"joinHash": hashOf(secret.Join()), "pageHash": hashOf(secret.Page()), "spoken": true, "code": digits}, &out)
	out.secret = secret
	return out
}

func TestCodeIsHandedToWhoWaitsAlone(t *testing.T) {
	h := newHarness(t)
	h.allowAsking()
	who := h.signIn("ada@example.org", desk.Technician)
	other := who.ticket()
	secret, err := invite.ParseSpoken("012345678")
	h.must(err)
	body := map[string]any{"joinHash": hashOf(secret.Join()), "pageHash": hashOf(secret.Page()), "spoken": true, "code": "012345678"}
	if res := who.do("POST", "/api/v1/tickets/"+other.ID+"/invitations", body, nil); res.status != http.StatusConflict || res.code() != "nobody_waits" {
		t.Errorf("handed to nobody: %d %s", res.status, res.body)
	}
	page := h.ask(nil)
	var list struct{ Tickets []web.Ticket }
	who.want(http.StatusOK, "GET", "/api/v1/tickets?q=mail", nil, &list)
	at := "/api/v1/tickets/" + list.Tickets[0].ID + "/invitations"
	for _, wrong := range []map[string]any{{"code": "876543210"}, {"code": "x"}, {"spoken": false}} {
		with := map[string]any{}
		for _, from := range []map[string]any{body, wrong} {
			for name, value := range from {
				with[name] = value
			}
		}
		who.want(http.StatusUnprocessableEntity, "POST", at, with, nil)
	}
	told := who.hand(list.Tickets[0].ID, "012345678")
	h.sql(`UPDATE invitation SET expires_at = ? WHERE id = ?`, time.Now().UnixMilli(), told.Invitation.ID)
	if w := h.waiting(page); w.Start != nil || w.Stage != "taken" {
		t.Errorf("a code that ran out: %+v", w)
	}
}

// Nobody learns whether there was such a page.
func TestUnknownAndExpiredPagesLookTheSame(t *testing.T) {
	h := newHarness(t)
	h.allowAsking()
	old := h.ask(nil)
	h.sql(`UPDATE asking SET expires_at = ?`, time.Now().UnixMilli())
	var first []byte
	for _, secret := range []string{old["Beside-Help"], "AAAAAAAAAAAAAAAAAAAAAA", "short", ""} {
		for _, op := range []struct{ method, path string }{{"GET", "waiting"}, {"POST", "withdraw"}} {
			res := h.stranger().do(op.method, "/api/v1/help/"+op.path, nil, map[string]string{"Beside-Help": secret})
			if first == nil {
				first = stable(res.body)
			}
			if res.status != http.StatusNotFound || string(stable(res.body)) != string(first) {
				t.Errorf("%s of %q = %d %s, want 404 %s", op.path, secret, res.status, res.body, first)
			}
		}
	}
}

// stable leaves the id of the request out.
func stable(body []byte) []byte {
	before, _, _ := strings.Cut(string(body), `"request"`)
	return []byte(before)
}

func TestStrangersAreBoundedAndSlowedDown(t *testing.T) {
	h := newHarness(t)
	h.allowAsking()
	b := h.stranger()
	for field, value := range map[string]any{"name": "", "reach": strings.Repeat("1", 101), "words": strings.Repeat("x", 2001), "impact": "huge"} {
		if res := b.do("POST", "/api/v1/help", asked(map[string]any{field: value}), nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", field, res.status, res.body)
		}
	}
	for i := range 20 {
		res := b.do("POST", "/api/v1/help", asked(map[string]any{"words": fmt.Sprint("again ", i)}), nil)
		if res.status == http.StatusTooManyRequests {
			if res.header.Get("Retry-After") == "" {
				t.Error("nobody says how long to wait")
			}
			return
		}
	}
	t.Error("twenty calls of one address in a second were all taken")
}

// me is the id of who is signed in.
func (h *harness) me(b *browser) string {
	h.t.Helper()
	var me struct{ ID string }
	b.want(http.StatusOK, "GET", "/api/v1/me", nil, &me)
	return me.ID
}
