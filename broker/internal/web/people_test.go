package web_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

func (b *browser) colleagues() (names []string) {
	b.h.t.Helper()
	var out struct{ People []web.Colleague }
	b.want(http.StatusOK, "GET", "/api/v1/desk/people", nil, &out)
	for _, p := range out.People {
		names = append(names, p.Name+" "+p.Presence)
	}
	return names
}

// Whoever has a page open is here, from the first moment to the last, and the others are told.
func TestWhoIsAtTheDesk(t *testing.T) {
	h := newHarness(t)
	h.signIn("z@example.org", desk.Administrator) // does not help
	ada, bob := h.signIn("ada@example.org", desk.Technician), h.signIn("bob@example.org", desk.Technician)
	is := func(want ...string) {
		t.Helper()
		deadline := time.Now().Add(testDeadline)
		for !slices.Equal(ada.colleagues(), want) {
			if time.Now().After(deadline) {
				t.Fatalf("at the desk: %v, want %v", ada.colleagues(), want)
			}
			<-time.After(5 * time.Millisecond)
		}
	}
	is("Name of ada@example.org away", "Name of bob@example.org away")
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	res, err := bob.client.Do(bob.request(ctx, "GET", "/api/v1/live", nil, nil))
	h.must(err)
	defer res.Body.Close()
	is("Name of ada@example.org away", "Name of bob@example.org here")
	told := make(chan string, 1)
	go func() {
		var text strings.Builder
		buf := make([]byte, 512)
		for !strings.Contains(text.String(), `"topic":"presence"`) {
			n, err := res.Body.Read(buf)
			text.Write(buf[:n])
			if err != nil {
				break
			}
		}
		told <- text.String()
	}()
	watching, done := context.WithCancel(t.Context())
	other, err := ada.client.Do(ada.request(watching, "GET", "/api/v1/live", nil, nil))
	h.must(err)
	defer other.Body.Close()
	if text := <-told; !strings.Contains(text, `"topic":"presence"`) {
		t.Errorf("nobody told that somebody came: %s", text)
	}
	is("Name of ada@example.org here", "Name of bob@example.org here")
	leave()
	is("Name of ada@example.org here", "Name of bob@example.org away")
	done()
	tk := bob.ticket()
	i := bob.invite(tk.ID)
	h.sql(`UPDATE session SET phase = 'live' WHERE id = ?`, i.Session.ID)
	is("Name of ada@example.org away", "Name of bob@example.org session")
}

func TestHandOver(t *testing.T) {
	h := newHarness(t)
	ada, bob := h.signIn("ada@example.org", desk.Technician), h.signIn("bob@example.org", desk.Technician)
	first, later := ada.add("Sam", desk.High, desk.High, time.Hour), ada.add("Kim", desk.Low, desk.Low, 0)
	at := "/api/v1/tickets/" + later.ID + "/handover"
	for name, body := range map[string]map[string]string{
		"no note": {"note": " "}, "no such technician": {"note": "x", "to": "nobody"}, "a book": {"note": strings.Repeat("x", desk.MaxText+1)},
	} {
		if res := ada.do("POST", at, body, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
	var tk web.Ticket
	ada.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+later.ID, map[string]any{"state": "helping", "assignee": h.me(ada)}, nil)
	ada.want(http.StatusOK, "POST", at, map[string]string{"note": "The cable is new. Try the driver.", "to": h.me(bob)}, &tk)
	if tk.State != desk.Open || tk.Assignee != h.me(bob) || tk.Handover == nil || tk.Handover.From != "Name of ada@example.org" || tk.Handover.Note != "The cable is new. Try the driver." {
		t.Errorf("handed over: %+v %+v", tk, tk.Handover)
	}
	// Bob's own comes first, though another is due before it; Ada is given the other.
	bob.want(http.StatusOK, "POST", "/api/v1/tickets/next", nil, &tk)
	if tk.ID != later.ID || tk.Handover == nil {
		t.Errorf("bob took %s", tk.Requester)
	}
	tk = web.Ticket{}
	ada.want(http.StatusOK, "POST", "/api/v1/tickets/next", nil, &tk)
	if tk.ID != first.ID || tk.Handover != nil {
		t.Errorf("ada took %s", tk.Requester)
	}
	tk = web.Ticket{}
	bob.want(http.StatusOK, "POST", at, map[string]string{"note": "I go home."}, &tk)
	if tk.Assignee != "" || tk.Handover.Note != "I go home." {
		t.Errorf("to nobody: %+v", tk)
	}
	tk = web.Ticket{}
	bob.want(http.StatusOK, "PATCH", "/api/v1/tickets/"+later.ID, map[string]any{"state": "resolved", "resolution": "r"}, &tk)
	if tk.Handover != nil {
		t.Error("a solved ticket is handed over still")
	}
	bob.want(http.StatusUnprocessableEntity, "POST", at, map[string]string{"note": "x"}, nil)
	dump := h.dump()
	if n := strings.Count(dump, "audit_event.kind=ticket.handed_over"); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}
