package ticket

import (
	"fmt"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Promote keeps how a ticket was solved as knowledge, under a title. A ticket that is opened again is
// none until it is solved.
func Promote(tx *store.Tx, id, title string, by record.Actor) ([]record.Event, error) {
	title, err := desk.Line("title", title, 1, desk.MaxSubject)
	if err != nil {
		return nil, err
	}
	tk, err := tx.Ticket(id)
	if err != nil {
		return nil, err
	}
	if tk.State != desk.Resolved && tk.State != desk.Closed || tk.Resolution == "" {
		return nil, &desk.Problem{Field: "state", Text: "only how a ticket was solved can be kept as knowledge"}
	}
	before, err := tx.Title(id)
	if err != nil || before == title {
		return nil, err
	}
	return []record.Event{event(id, record.TicketPromoted{}, by)}, tx.Promote(id, title)
}

// Demote keeps it no longer.
func Demote(tx *store.Tx, id string, by record.Actor) ([]record.Event, error) {
	found, err := tx.Demote(id)
	if err == nil && !found {
		err = fmt.Errorf("knowledge: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return []record.Event{event(id, record.TicketDemoted{}, by)}, nil
}
