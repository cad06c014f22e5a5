package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

func TestTicketFromCallToClosed(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	if tk.Number != 1 || tk.Priority != 3 || tk.State != desk.Open || len(tk.Notes) != 0 {
		t.Errorf("new ticket = %+v", tk)
	}
	path := "/api/v1/tickets/" + tk.ID
	who.want(http.StatusCreated, "POST", path+"/notes", map[string]string{"text": "asked for the model"}, nil)
	var me web.Me
	who.want(http.StatusOK, "GET", "/api/v1/me", nil, &me)

	steps := []struct {
		patch map[string]string
		want  int
		field string
	}{
		{map[string]string{"state": "closed"}, 422, "state"},
		{map[string]string{"state": "resolved"}, 422, "resolution"},
		{map[string]string{"assignee": "nobody"}, 422, "assignee"},
		{map[string]string{"impact": "urgent"}, 422, "impact"},
		{map[string]string{"number": "7"}, 422, "number"},
		{map[string]string{"impact": "high", "assignee": me.ID}, 200, ""},
		{map[string]string{"state": "resolved", "resolution": "new toner", "systemChanges": "none"}, 200, ""},
		{map[string]string{"state": "closed"}, 200, ""},
		{map[string]string{"subject": "again"}, 422, "state"},
	}
	for _, s := range steps {
		res := who.do("PATCH", path, s.patch, nil)
		var p struct{ Field string }
		_ = json.Unmarshal(res.body, &p) // no problem has no field
		if res.status != s.want || p.Field != s.field {
			t.Errorf("PATCH %v = %d %s, want %d and field %q", s.patch, res.status, res.body, s.want, s.field)
		}
	}
	who.want(http.StatusOK, "GET", path, nil, &tk)
	if tk.State != desk.Closed || tk.Priority != 1 || tk.ResolvedAt == nil || tk.Resolution != "new toner" || tk.Assignee != me.ID ||
		len(tk.Notes) != 1 || tk.Notes[0].Author != me.Name {
		t.Errorf("closed ticket = %+v", tk)
	}
	who.want(http.StatusNotFound, "GET", "/api/v1/tickets/none", nil, nil)
}

func TestUnchangedTicketHasNoEvent(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	before := h.dump()
	who.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+tk.ID, map[string]string{"subject": tk.Subject}, nil)
	if after := h.dump(); after != before {
		t.Errorf("a patch that changes nothing changed the database")
	}
}

func TestWhatPeopleWriteIsNotInTheAuditLog(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("canary-mail@example.org", desk.Technician, desk.Auditor)
	tk := who.ticket()
	path := "/api/v1/tickets/" + tk.ID
	who.want(http.StatusOK, "PATCH", path, map[string]string{"words": "canary-words", "requester": "canary-name"}, nil)
	who.want(http.StatusCreated, "POST", path+"/notes", map[string]string{"text": "canary-note"}, nil)
	if res := who.do("GET", "/api/v1/events?limit=500", nil, nil); res.status != http.StatusOK || strings.Contains(string(res.body), "canary") {
		t.Errorf("events = %d %s", res.status, res.body)
	}
}

func TestBodies(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	for name, tc := range map[string]struct {
		body   string
		header map[string]string
		want   int
	}{
		"too large":     {`{"text":"` + strings.Repeat("x", 64<<10) + `"}`, nil, http.StatusRequestEntityTooLarge},
		"too long":      {`{"text":"` + strings.Repeat("x", desk.MaxText+1) + `"}`, nil, http.StatusUnprocessableEntity},
		"empty":         {`{"text":"  "}`, nil, http.StatusUnprocessableEntity},
		"no body":       {``, nil, http.StatusBadRequest},
		"half":          {`{"text":`, nil, http.StatusBadRequest},
		"unknown field": {`{"text":"x","more":1}`, nil, http.StatusUnprocessableEntity},
		"wrong type":    {`{"text":7}`, nil, http.StatusUnprocessableEntity},
		"form":          {`text=x`, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			req := who.request(t.Context(), "POST", "/api/v1/tickets/"+tk.ID+"/notes", nil, nil)
			raw, err := http.NewRequestWithContext(t.Context(), req.Method, req.URL.String(), strings.NewReader(tc.body))
			h.must(err)
			raw.Header = req.Header
			raw.Header.Set("Content-Type", "application/json")
			for k, v := range tc.header {
				raw.Header.Set(k, v)
			}
			res, err := who.client.Do(raw)
			h.must(err)
			h.must(res.Body.Close())
			if res.StatusCode != tc.want || res.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("= %d %s, want %d as a problem", res.StatusCode, res.Header.Get("Content-Type"), tc.want)
			}
		})
	}
}

func TestSessionEventsAreOfThatSession(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	tk := who.ticket()
	a, b := who.invite(tk.ID), who.invite(tk.ID)
	var list struct {
		Events []struct{ Session, Kind string }
	}
	who.want(http.StatusOK, "GET", "/api/v1/sessions/"+a.Session.ID+"/events", nil, &list)
	if len(list.Events) != 1 || list.Events[0].Session != a.Session.ID || list.Events[0].Kind != "invitation.created" {
		t.Errorf("events of %s (beside %s) = %+v", a.Session.ID, b.Session.ID, list.Events)
	}
	who.want(http.StatusNotFound, "GET", "/api/v1/sessions/none/events", nil, nil)
}
