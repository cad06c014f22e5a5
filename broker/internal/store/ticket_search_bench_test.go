package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
)

// What a desk with 10 000 tickets asks for: go test ./broker/internal/store -run '^$' -bench Desk
func BenchmarkDesk(b *testing.B) {
	s, err := store.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // of a benchmark
	if err := s.Update(b.Context(), func(tx *store.Tx) error { return errors.Join(fill(tx, 10_000), note(tx)) }); err != nil {
		b.Fatal(err)
	}
	like := "The printer is slow since the update"
	fortnight := 14 * 24 * time.Hour
	for name, read := range map[string]func(*store.View) error{
		"list":                 func(v *store.View) error { _, err := v.Tickets(desk.Open, 500); return err },
		"search/a common word": func(v *store.View) error { _, err := v.FindTickets("", "printer", 500); return err },
		"search/two letters":   func(v *store.View) error { _, err := v.FindTickets("", "pr", 500); return err },
		"search/a person":      func(v *store.View) error { _, err := v.FindTickets("", "person 333", 500); return err },
		"search/nothing":       func(v *store.View) error { _, err := v.FindTickets("", "zebra", 500); return err },
		"solved before": func(v *store.View) error {
			_, err := v.SimilarSolved(like, "", 3)
			return err
		},
		"contacts of everybody": func(v *store.View) error { _, err := v.Contacts(time.Now().Add(-fortnight)); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := s.View(b.Context(), read); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func fill(tx *store.Tx, tickets int) error {
	things := []string{"printer", "network", "mail", "password", "screen", "laptop", "toner", "cable", "login", "update"}
	for i := range tickets {
		thing := func(k int) string { return things[(i*7+k*k*3+i/10)%len(things)] }
		tk, err := tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{
			Subject: fmt.Sprintf("%s and %s, problem %d", thing(1), thing(2), i),
			Words: fmt.Sprintf("My %s does not work since the %s was changed, and nobody in room %d can use it",
				thing(3), thing(4), i%300),
			Requester: fmt.Sprintf("Person %d", i%900), Impact: desk.Low, Urgency: desk.Low, State: desk.Open,
		}})
		if err != nil || i%5 == 0 {
			if err != nil {
				return err
			}
			continue
		}
		tk.State, tk.Resolution = desk.Resolved, "Changed the "+thing(5)
		if _, err := tx.UpdateTicket(tk); err != nil {
			return err
		}
	}
	return nil
}
