package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/record"
)

// An alarm is read by others than the technician, and taken up by somebody who
// was not there.
func TestAlarmIsForASecondPerson(t *testing.T) {
	h := newHarness(t)
	helper := h.signIn("both@example.org", desk.Technician, desk.Administrator)
	second := h.signIn("m@example.org", desk.Administrator)
	technician := h.signIn("t@example.org", desk.Technician)
	session := helper.invite(helper.ticket().ID).Session.ID
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.RaiseAlarm(session)
		e := record.New(record.SessionHeld{Reason: "alarm"}, record.ByBroker, record.Actor{Kind: record.Requester})
		e.Session = session
		return []record.Event{e}, err
	}))
	events := "/api/v1/sessions/" + session + "/events"
	if res := technician.do("GET", events, nil, nil); res.status != http.StatusOK || strings.Contains(string(res.body), "session.held") {
		t.Errorf("a technician reads %d %s", res.status, res.body)
	}
	if res := second.do("GET", events, nil, nil); !strings.Contains(string(res.body), "session.held") {
		t.Errorf("an administrator reads %s", res.body)
	}
	seen := "/api/v1/alarms/" + session + "/seen"
	if res := helper.do("POST", seen, nil, nil); res.status != http.StatusForbidden || res.code() != "own_session" {
		t.Errorf("who helped takes it up: %d %s", res.status, res.body)
	}
	open := func() (open int) {
		var list struct{ Alarms []web.Alarm }
		h.must(json.Unmarshal([]byte(second.do("GET", "/api/v1/alarms", nil, nil).body), &list))
		for _, a := range list.Alarms {
			if a.SeenAt == nil {
				open++
			}
		}
		return open
	}
	if n := open(); n != 1 {
		t.Errorf("%d open alarms, want 1", n)
	}
	for range 2 { // twice is once
		if res := second.do("POST", seen, nil, nil); res.status != http.StatusNoContent {
			t.Errorf("take it up: %d %s", res.status, res.body)
		}
	}
	if n := open(); n != 0 {
		t.Errorf("%d open alarms, want none", n)
	}
}
