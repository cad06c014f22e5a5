package ticket

import (
	"slices"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// HandOver gives a ticket on, to a technician or to whoever takes it next, with a note of what they have to know. It is
// open again, so that it has its place in the queue.
func HandOver(tx *store.Tx, id, to, note string, by store.Technician) ([]record.Event, error) {
	note, err := desk.Text("note", note, 1, desk.MaxText)
	if err != nil {
		return nil, err
	}
	tk, err := tx.Ticket(id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]desk.State{desk.Open, desk.Helping, desk.Waiting}, tk.State) {
		return nil, &desk.Problem{Field: "state", Text: "only a ticket that is not solved can be handed over"}
	}
	actor := record.Actor{Kind: record.Technician, ID: by.ID}
	open := desk.Open
	_, events, err := Change(tx, id, Patch{Patch: desk.Patch{State: &open}, Assignee: &to}, actor)
	if err != nil {
		return nil, err
	}
	events = append(events, event(id, record.TicketHandedOver{To: to}, actor))
	return events, tx.SetHandover(id, by.ID, note)
}
