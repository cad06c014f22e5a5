package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

// The figures themselves are those of package report; here they come from the database.
func TestReportCountsWhatIsInTheDatabase(t *testing.T) {
	h := newHarness(t)
	ada := h.signIn("ada@example.org", desk.Technician)
	first := ada.add("Sam", desk.High, desk.High, 50*time.Hour)
	second := ada.add("sam", desk.High, desk.High, 48*time.Hour)
	third := ada.add("Kim", desk.Low, desk.Low, 47*time.Hour)
	ada.invite(second.ID) // the wait is over: 48 h, where a quarter of an hour was due
	var me web.Me
	ada.want(http.StatusOK, "GET", "/api/v1/me", nil, &me)
	ada.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+first.ID, map[string]string{"state": "resolved", "resolution": "done", "assignee": me.ID}, nil)
	h.sql(`UPDATE ticket SET resolved_at = created_at + 600000 WHERE id = ?`, first.ID) // after ten minutes
	_ = third

	now := time.Now().UTC()
	get := func(from, to time.Time) (r web.Report) {
		q := url.Values{"from": {from.Format(time.RFC3339)}, "to": {to.Format(time.RFC3339)}}
		ada.want(http.StatusOK, "GET", "/api/v1/reports?"+q.Encode(), nil, &r)
		return r
	}
	r := get(now.Add(-72*time.Hour), now.Add(time.Hour))
	if a := r.All; a.Calls != 3 || a.Resolved != 1 || a.WaitP50 != 600_000 || a.ResolveP95 != 600_000 || a.Kept != 1 || a.Broken != 1 || a.Again != 1 {
		t.Errorf("all: %+v", a)
	}
	if r.Waiting != 2 || len(r.ByPriority) != 2 || r.ByPriority[0].Key != "1" || r.ByPriority[0].Calls != 2 {
		t.Errorf("waiting %d, by priority %+v", r.Waiting, r.ByPriority)
	}
	if len(r.ByTechnician) != 2 || r.ByTechnician[1].Key != me.Name {
		t.Errorf("by technician: %+v", r.ByTechnician)
	}
	if r := get(now.Add(-10*24*time.Hour), now.Add(-9*24*time.Hour)); r.All.Calls != 0 || r.Waiting != 0 {
		t.Errorf("a period before: %+v", r)
	}
	for name, query := range map[string]string{
		"backwards": "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "too long": "from=2020-03-02T00:00:00Z&to=2026-03-01T00:00:00Z",
		"no end": "from=2026-03-02T00:00:00Z", "no times": "from=a&to=b",
	} {
		if res := ada.do("GET", "/api/v1/reports?"+query, nil, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
}
