// Package ticket changes tickets by the rules of package desk, inside a
// transaction of the caller's, and returns the events that belong to each
// change. It keeps nothing.
package ticket

import (
	"errors"
	"slices"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Add opens a ticket.
func Add(tx *store.Tx, t desk.Ticket, by record.Actor) (store.Ticket, []record.Event, error) {
	t, err := desk.New(t)
	if err != nil {
		return store.Ticket{}, nil, err
	}
	if t.Category, err = categoryOf(&tx.View, t.Category); err != nil {
		return store.Ticket{}, nil, err
	}
	tk, err := tx.InsertTicket(store.Ticket{Ticket: t})
	if err != nil {
		return tk, nil, err
	}
	data := record.TicketCreated{Number: tk.Number, Priority: int(tk.Priority), Category: tk.Category}
	return tk, []record.Event{event(tk.ID, data, by)}, nil
}

// Patch is a change of a ticket: only the fields that are not nil change. An
// empty Assignee leaves the ticket to nobody.
type Patch struct {
	desk.Patch
	Assignee *string
}

// Change changes a ticket. A patch that changes nothing has no event.
func Change(tx *store.Tx, id string, p Patch, by record.Actor) (store.Ticket, []record.Event, error) {
	before, err := tx.Ticket(id)
	if err != nil {
		return before, nil, err
	}
	after := before
	if after.Ticket, err = desk.Apply(before.Ticket, p.Patch); err != nil {
		return before, nil, err
	}
	if after.Category != before.Category { // one that was retired since may stay
		if after.Category, err = categoryOf(&tx.View, after.Category); err != nil {
			return before, nil, err
		}
	}
	if p.Assignee != nil {
		after.Assignee = *p.Assignee
		if err := checkAssignee(tx, after.Assignee); err != nil {
			return before, nil, err
		}
	}
	if after.Impact != before.Impact || after.Urgency != before.Urgency { // it is judged anew
		rules, err := tx.DeskRules()
		if err != nil {
			return before, nil, err
		}
		after.Priority = rules.PriorityOf(after.Impact, after.Urgency)
		after.DueAt = rules.DueAt(after.CreatedAt, after.Priority)
	}
	fields := changed(before, after)
	if len(fields) == 0 {
		return before, nil, nil
	}
	if after, err = tx.UpdateTicket(after); err != nil {
		return before, nil, err
	}
	data := record.TicketChanged{Fields: fields, State: string(after.State), Priority: int(after.Priority)}
	return after, []record.Event{event(id, data, by)}, nil
}

// TakeNext gives the ticket that is due first to a technician, who now helps with it.
func TakeNext(tx *store.Tx, who store.Technician) (store.Ticket, []record.Event, error) {
	tk, err := tx.NextTicket(who.ID)
	if err != nil {
		return tk, nil, err
	}
	helping := desk.Helping
	return Change(tx, tk.ID, Patch{Patch: desk.Patch{State: &helping}, Assignee: &who.ID}, record.Actor{Kind: record.Technician, ID: who.ID})
}

func checkAssignee(tx *store.Tx, id string) error {
	if id == "" {
		return nil
	}
	tn, err := tx.Technician(id)
	if err == nil && !slices.Contains(tn.Roles, desk.Technician) {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return &desk.Problem{Field: "assignee", Text: "must be the id of a technician, or empty"}
	}
	return err
}

// changed names the fields that differ, never what is in them.
func changed(a, b store.Ticket) []string {
	var fields []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"subject", a.Subject != b.Subject},
		{"words", a.Words != b.Words},
		{"requester", a.Requester != b.Requester},
		{"category", a.Category != b.Category},
		{"impact", a.Impact != b.Impact},
		{"urgency", a.Urgency != b.Urgency},
		{"state", a.State != b.State},
		{"resolution", a.Resolution != b.Resolution},
		{"systemChanges", a.SystemChanges != b.SystemChanges},
		{"assignee", a.Assignee != b.Assignee},
		{"minutes", a.Minutes != b.Minutes},
	} {
		if f.differs {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// AddNote writes a note down, also at a closed ticket.
func AddNote(tx *store.Tx, id, text string, author store.Technician) (store.Note, []record.Event, error) {
	text, err := desk.Text("text", text, 1, desk.MaxText)
	if err != nil {
		return store.Note{}, nil, err
	}
	if _, err := tx.Ticket(id); err != nil {
		return store.Note{}, nil, err
	}
	n, err := tx.InsertNote(store.Note{Ticket: id, Author: author.ID, AuthorName: author.Name, Text: text})
	if err != nil {
		return n, nil, err
	}
	return n, []record.Event{event(id, record.NoteAdded{Note: n.ID}, record.Actor{Kind: record.Technician, ID: author.ID})}, nil
}

func event(ticket string, data record.Data, by record.Actor) record.Event {
	e := record.New(data, record.ByBroker, by)
	e.Ticket = ticket
	return e
}
