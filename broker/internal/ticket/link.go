package ticket

import (
	"errors"
	"fmt"
	"slices"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// SetLink links a ticket with that of a number. Two that are linked already are linked anew.
func SetLink(tx *store.Tx, id string, number int64, kind desk.Link, by record.Actor) ([]record.Event, error) {
	tk, err := tx.Ticket(id)
	if err != nil {
		return nil, err
	}
	other, err := tx.TicketByNumber(number)
	if errors.Is(err, store.ErrNotFound) || err == nil && other.ID == tk.ID {
		return nil, &desk.Problem{Field: "number", Text: "must be that of another ticket"}
	}
	if err != nil {
		return nil, err
	}
	links, err := tx.Links(id)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(links, func(l store.Link) bool { return l.ID == other.ID && l.Kind == kind }) {
		return nil, nil
	}
	if len(links) >= desk.MaxLinks {
		return nil, &desk.Problem{Field: "number", Text: fmt.Sprintf("this ticket has %d links; take one away first", len(links))}
	}
	if _, err := tx.DeleteLink(id, other.ID); err != nil {
		return nil, err
	}
	from, to, word := id, other.ID, "duplicate"
	switch kind {
	case desk.Related:
		word = "related"
	case desk.DuplicatedBy:
		from, to = to, from
	}
	if err := tx.InsertLink(from, to, word); err != nil {
		return nil, err
	}
	// One for each, so that whoever looks at either is told.
	return []record.Event{
		event(from, record.TicketLinked{Other: to, Link: word}, by),
		event(to, record.TicketLinked{Other: from, Link: back(word)}, by),
	}, nil
}

// back is what a link is to the other ticket.
func back(word string) string {
	if word == "duplicate" {
		return "original"
	}
	return word
}

// Unlink takes a link away, whichever way it was made.
func Unlink(tx *store.Tx, id, other string, by record.Actor) ([]record.Event, error) {
	found, err := tx.DeleteLink(id, other)
	if err == nil && !found {
		err = fmt.Errorf("link: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return []record.Event{event(id, record.TicketUnlinked{Other: other}, by), event(other, record.TicketUnlinked{Other: id}, by)}, nil
}
