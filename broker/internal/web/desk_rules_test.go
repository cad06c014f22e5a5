package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

func TestRulesOfTheDesk(t *testing.T) {
	h := newHarness(t)
	admin, who := h.signIn("m@example.org", desk.Administrator), h.signIn("ada@example.org", desk.Technician)
	var r web.DeskRules
	who.want(http.StatusOK, "GET", "/api/v1/desk/rules", nil, &r)
	if len(r.Matrix) != 3 || len(r.Promises) != 5 || r.Matrix[2][0] != 3 || r.Promises[0].First != 15 || r.Promises[4].Resolve != 7*24*60 {
		t.Fatalf("a new desk: %+v", r)
	}
	before, low := who.add("Sam", desk.Low, desk.High, 0), who.add("Kim", desk.Low, desk.Low, 0)
	r.Matrix[2] = []int{4, 5, 5} // whoever is alone in trouble waits longest
	r.Promises[2].First = 90
	for range 2 { // the same again is no event
		admin.want(http.StatusOK, "PUT", "/api/v1/desk/rules", r, &r)
	}
	if n := strings.Count(h.dump(), "audit_event.kind=desk.rules_changed"); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
	var list struct{ Tickets []web.Ticket }
	who.want(http.StatusOK, "GET", "/api/v1/tickets?state=open", nil, &list)
	tk := list.Tickets[0]
	if tk.ID != before.ID || tk.Priority != 3 || tk.DueAt.Sub(tk.CreatedAt) != 90*time.Minute {
		t.Errorf("a ticket from before: %+v", tk)
	}
	// Words change nothing of its place; how grave it is does.
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]any{"subject": "Other", "impact": "low"}, &tk)
	if tk.Priority != 3 {
		t.Errorf("judged anew by another subject: %d", tk.Priority)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]any{"urgency": "medium"}, &tk)
	if tk.Priority != 5 {
		t.Errorf("less urgent: %d", tk.Priority)
	}
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]any{"urgency": "high"}, &tk)
	if tk.Priority != 4 {
		t.Errorf("judged by the new matrix: %d", tk.Priority)
	}
	jo := who.add("Jo", desk.Low, desk.High, 0)
	if jo.Priority != 4 {
		t.Errorf("a new ticket: %d", jo.Priority)
	}
	who.want(http.StatusOK, "GET", "/api/v1/tickets?state=open", nil, &list)
	if list.Tickets[0].ID != before.ID || list.Tickets[1].ID != jo.ID || list.Tickets[2].ID != low.ID {
		t.Error("the queue is not in the order of the promises")
	}
	var report web.Report
	h.sql(`UPDATE ticket SET created_at = created_at - 7200000, priority = 3 WHERE id = ?`, low.ID)
	from, to := time.Now().Add(-24*time.Hour).UTC().Format(time.RFC3339), time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	who.want(http.StatusOK, "GET", "/api/v1/reports?from="+from+"&to="+to, nil, &report)
	if report.All.Broken != 1 {
		t.Errorf("%d promises were broken, want the one of 90 minutes", report.All.Broken)
	}
}

func TestUnjustRulesAreRefused(t *testing.T) {
	h := newHarness(t)
	admin := h.signIn("m@example.org", desk.Administrator)
	for name, change := range map[string]func(*web.DeskRules){
		"two rows":          func(r *web.DeskRules) { r.Matrix = r.Matrix[:2] },
		"a short row":       func(r *web.DeskRules) { r.Matrix[1] = r.Matrix[1][:1] },
		"graver comes late": func(r *web.DeskRules) { r.Matrix[0][0] = 5 },
		"nothing promised":  func(r *web.DeskRules) { r.Promises = nil },
		"too long":          func(r *web.DeskRules) { r.Promises[4].Resolve = 1 << 53 },
		"in the past":       func(r *web.DeskRules) { r.Promises[0].First = -5 },
	} {
		var r web.DeskRules
		admin.want(http.StatusOK, "GET", "/api/v1/desk/rules", nil, &r)
		change(&r)
		if res := admin.do("PUT", "/api/v1/desk/rules", r, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
}
