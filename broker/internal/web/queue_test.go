package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

// add opens a ticket that came so long ago.
func (b *browser) add(requester string, impact, urgency desk.Level, ago time.Duration) web.Ticket {
	b.h.t.Helper()
	var tk web.Ticket
	b.want(http.StatusCreated, "POST", "/api/v1/tickets", map[string]any{
		"subject": "S", "requester": requester, "impact": impact, "urgency": urgency,
	}, &tk)
	b.h.sql(`UPDATE ticket SET created_at = ? WHERE id = ?`, time.Now().Add(-ago).UnixMilli(), tk.ID)
	return tk
}

func TestQueueIsInTheOrderInWhichHelpIsDue(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	lowest := who.add("Sam", desk.Low, desk.Low, 71*time.Hour)   // due in an hour and a quarter
	starving := who.add("Kim", desk.Low, desk.Low, 73*time.Hour) // late
	gravest := who.add("Jo", desk.High, desk.High, 0)            // due in a quarter of an hour
	middle := who.add("sam", desk.Medium, desk.Medium, 0)        // due in four hours
	who.add("Old", desk.High, desk.High, 30*24*time.Hour)        // resolved, and so not open
	h.sql(`UPDATE ticket SET state = 'resolved', resolution = 'r' WHERE number = 5`)
	var list struct{ Tickets []web.Ticket }
	who.want(http.StatusOK, "GET", "/api/v1/tickets?state=open", nil, &list)
	var got []int64
	for _, tk := range list.Tickets {
		got = append(got, tk.Number)
		want := map[string]int{"Sam": 2, "sam": 2}[tk.Requester]
		if tk.Contacts != want {
			t.Errorf("%s: %d contacts, want %d", tk.Requester, tk.Contacts, want)
		}
		if !tk.DueAt.Equal(desk.DefaultRules().DueAt(tk.CreatedAt, tk.Priority)) {
			t.Errorf("ticket %d is due %v", tk.Number, tk.DueAt)
		}
	}
	if want := []int64{starving.Number, gravest.Number, lowest.Number, middle.Number}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// The desk reads several states at once: a ticket that goes from one to the other between
// two answers would be in both of them, or in none.
func TestTicketsOfSeveralStatesAreOneQueue(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	for i, state := range []desk.State{desk.Open, desk.Helping, desk.Waiting, desk.Resolved} {
		tk := who.add("R", desk.Low, desk.Low, time.Duration(i)*time.Hour)
		h.sql(`UPDATE ticket SET state = ? WHERE id = ?`, string(state), tk.ID)
	}
	for query, want := range map[string][]int64{
		"?state=open,helping,waiting": {3, 2, 1},
		"?state=helping,helping":      {2},
		"?state=open,resolved&q=s":    {4, 1},
		"":                            {4, 3, 2, 1},
	} {
		var list struct{ Tickets []web.Ticket }
		who.want(http.StatusOK, "GET", "/api/v1/tickets"+query, nil, &list)
		var got []int64
		for _, tk := range list.Tickets {
			got = append(got, tk.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: tickets %v, want %v", query, got, want)
		}
	}
	who.want(http.StatusUnprocessableEntity, "GET", "/api/v1/tickets?state=open,odd", nil, nil)
}

// Each who takes the next gets another one, and that they have it is known.
func TestTakeNext(t *testing.T) {
	h := newHarness(t)
	ada, bob := h.signIn("ada@example.org", desk.Technician), h.signIn("bob@example.org", desk.Technician)
	const tickets = 6
	for i := range tickets {
		ada.add(fmt.Sprintf("R%d", i), desk.Low, desk.Low, time.Duration(i)*time.Hour)
	}
	var mu sync.Mutex
	var taken []int64
	var wg sync.WaitGroup
	for i := range tickets {
		who := []*browser{ada, bob}[i%2]
		wg.Go(func() {
			var tk web.Ticket
			who.want(http.StatusOK, "POST", "/api/v1/tickets/next", nil, &tk)
			mu.Lock()
			defer mu.Unlock()
			taken = append(taken, tk.Number)
			if tk.State != desk.Helping || tk.Assignee == "" {
				t.Errorf("taken: %+v", tk)
			}
		})
	}
	wg.Wait()
	slices.Sort(taken)
	if want := []int64{1, 2, 3, 4, 5, 6}; !slices.Equal(taken, want) {
		t.Errorf("taken %v, want each once", taken)
	}
	if res := ada.do("POST", "/api/v1/tickets/next", nil, nil); res.code() != "nothing_open" {
		t.Errorf("from an empty queue: %d %s", res.status, res.body)
	}
	admin := h.signIn("m@example.org", desk.Administrator)
	if res := admin.do("POST", "/api/v1/tickets/next", nil, nil); res.code() != "role_missing" {
		t.Errorf("who cannot help takes: %d %s", res.status, res.body)
	}
}
