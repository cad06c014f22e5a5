package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// The person says once whether it helped, after a session that took place.
func TestRating(t *testing.T) {
	h := newHarness(t)
	helper, person := h.signIn("t@example.org", desk.Technician), h.stranger()
	ticket := helper.ticket().ID
	i := helper.invite(ticket)
	path, helped := "/api/v1/invitations/"+i.Invitation.ID+"/rating", map[string]any{"helped": true}
	person.do("POST", path, helped, i.page()).is(t, "before the end", http.StatusConflict, "not_to_rate")

	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.End(i.Session.ID, "requester")
		e := record.New(record.SessionEnded{Reason: "requester"}, record.ByBroker, record.Actor{Kind: record.Broker})
		e.Session = i.Session.ID
		return []record.Event{e}, err
	}))
	person.do("POST", path, helped, i.page()).is(t, "nothing took place", http.StatusConflict, "not_to_rate")
	h.sql(`UPDATE session SET live_at = $1 WHERE id = $2`, time.Now().UnixMilli(), i.Session.ID)

	person.do("POST", path, helped, nil).is(t, "without the link", http.StatusNotFound, "invitation_unknown")
	other := helper.invite(helper.ticket().ID)
	person.do("POST", path, helped, other.page()).is(t, "by another link", http.StatusNotFound, "invitation_unknown")
	if res := person.do("POST", path, helped, i.page()); res.status != http.StatusNoContent {
		t.Fatalf("rated: %d %s", res.status, res.body)
	}
	person.do("POST", path, map[string]any{"helped": false}, i.page()).is(t, "a second time", http.StatusConflict, "rated")

	var page struct{ Summary struct{ Rating string } }
	h.decode(person.do("GET", "/api/v1/invitations/"+i.Invitation.ID+"/page", nil, i.page()).body, &page)
	var shown struct{ Sessions []struct{ Rating string } }
	h.decode(helper.do("GET", "/api/v1/tickets/"+ticket, nil, nil).body, &shown)
	if page.Summary.Rating != "helped" || len(shown.Sessions) != 1 || shown.Sessions[0].Rating != "helped" {
		t.Errorf("on the page %+v, on the ticket %+v", page, shown)
	}
	query := "?from=" + time.Now().Add(-time.Hour).UTC().Format(time.RFC3339) + "&to=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	var report struct {
		All struct{ Rated, RatedHelped int }
	}
	h.decode(helper.do("GET", "/api/v1/reports"+query, nil, nil).body, &report)
	if report.All.Rated != 1 || report.All.RatedHelped != 1 {
		t.Errorf("in the report: %+v", report.All)
	}
	if n := strings.Count(h.dump(), "audit_event.kind=session.rated"); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}
