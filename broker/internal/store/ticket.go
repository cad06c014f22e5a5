package store

import (
	"fmt"
	"time"

	"beside/broker/internal/desk"
)

// Ticket is a call for help.
type Ticket struct {
	desk.Ticket
	ID         string
	Number     int64 // 1, 2, 3 …, for people
	Priority   desk.Priority
	Assignee   string // a technician's id, or empty
	CreatedAt  time.Time
	UpdatedAt  time.Time
	ResolvedAt time.Time // zero until resolved
	DueAt      time.Time // when help is due, by the promises of now
}

const ticketColumns = `id, number, subject, words, requester, category, impact, urgency, priority, state,
	COALESCE(assignee, ''), resolution, system_changes, minutes, created_at, updated_at, resolved_at, ` + dueAt

func (tk *Ticket) scan(s scanner) error {
	return s.Scan(&tk.ID, &tk.Number, &tk.Subject, &tk.Words, &tk.Requester, &tk.Category, &tk.Impact, &tk.Urgency, &tk.Priority, &tk.State,
		&tk.Assignee, &tk.Resolution, &tk.SystemChanges, &tk.Minutes, instant{&tk.CreatedAt}, instant{&tk.UpdatedAt}, instant{&tk.ResolvedAt}, instant{&tk.DueAt})
}

// InsertTicket adds a ticket and sets ID, Number, Priority and the times.
func (t *Tx) InsertTicket(tk Ticket) (Ticket, error) {
	var last int64
	if err := t.row("last ticket", func(s scanner) error { return s.Scan(&last) }, `SELECT COALESCE(MAX(number), 0) FROM ticket`); err != nil {
		return tk, err
	}
	tk.ID, tk.Number, tk.CreatedAt, tk.UpdatedAt = NewID(), last+1, t.now, t.now
	rules, err := t.DeskRules()
	if err != nil {
		return tk, err
	}
	tk.Priority = rules.PriorityOf(tk.Impact, tk.Urgency)
	tk.DueAt = rules.DueAt(tk.CreatedAt, tk.Priority)
	_, err = t.audited("add ticket", `INSERT INTO ticket (id, number, subject, words, requester, category, impact, urgency, priority, state,
		assignee, resolution, system_changes, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
		tk.ID, tk.Number, tk.Subject, tk.Words, tk.Requester, tk.Category, tk.Impact, tk.Urgency, tk.Priority, tk.State,
		nullable(tk.Assignee), tk.Resolution, tk.SystemChanges, millis(t.now))
	return tk, err
}

// UpdateTicket writes everything that may change of a ticket, and sets the times.
func (t *Tx) UpdateTicket(tk Ticket) (Ticket, error) {
	tk.UpdatedAt = t.now
	switch done := tk.State == desk.Resolved || tk.State == desk.Closed; {
	case done && tk.ResolvedAt.IsZero():
		tk.ResolvedAt = t.now
	case !done:
		tk.ResolvedAt = time.Time{}
	}
	changed, err := t.audited("change ticket", `UPDATE ticket SET subject = $1, words = $2, requester = $3, category = $4, impact = $5, urgency = $6,
		priority = $7, state = $8, assignee = $9, resolution = $10, system_changes = $11, updated_at = $12, resolved_at = $13, minutes = $14
		WHERE id = $15`,
		tk.Subject, tk.Words, tk.Requester, tk.Category, tk.Impact, tk.Urgency,
		tk.Priority, tk.State, nullable(tk.Assignee), tk.Resolution, tk.SystemChanges, millis(tk.UpdatedAt), millis(tk.ResolvedAt), tk.Minutes, tk.ID)
	if err == nil && !changed {
		err = ErrNotFound
	}
	return tk, err
}

// Ticket reads one ticket.
func (v *View) Ticket(id string) (tk Ticket, err error) {
	err = v.row("ticket "+id, tk.scan, `SELECT `+ticketColumns+` FROM ticket WHERE id = $1`, id)
	return tk, err
}

// TicketByNumber reads the ticket that people call by a number.
func (v *View) TicketByNumber(number int64) (tk Ticket, err error) {
	err = v.row(fmt.Sprintf("ticket %d", number), tk.scan, `SELECT `+ticketColumns+` FROM ticket WHERE number = $1`, number)
	return tk, err
}

// dueAt is when a ticket's help is due, as package desk has it.
const dueAt = `(ticket.created_at + (SELECT first_ms FROM desk_promise WHERE desk_promise.priority = ticket.priority))`

// byDue is the order of the desk's queue.
const byDue = dueAt + ", number"

// NextTicket is the first open ticket of the queue that is the technician's own, or
// else that nobody has; ErrNotFound when there is none.
func (v *View) NextTicket(technician string) (tk Ticket, err error) {
	err = v.row("next ticket", tk.scan, `SELECT `+ticketColumns+` FROM ticket
		WHERE state = 'open' AND (assignee IS NULL OR assignee = $1) ORDER BY assignee IS NULL, `+byDue+` LIMIT 1`, technician)
	return tk, err
}

// Contacts counts the tickets that each requester opened since a time, by their
// names in lower case.
func (v *View) Contacts(since time.Time) (map[string]int, error) {
	counts := make(map[string]int)
	err := v.rows("contacts", func(s scanner) error {
		var name string
		var n int
		err := s.Scan(&name, &n)
		counts[name] = n
		return err
	}, `SELECT LOWER(requester), COUNT(*) FROM ticket WHERE created_at >= $1 GROUP BY LOWER(requester) HAVING COUNT(*) > 1`, millis(since))
	return counts, err
}

// Tickets lists at most limit tickets in the order of the queue, of one state when
// state is not empty.
func (v *View) Tickets(state desk.State, limit int) ([]Ticket, error) {
	var all []Ticket
	err := v.rows("tickets", func(s scanner) error {
		var tk Ticket
		err := tk.scan(s)
		all = append(all, tk)
		return err
	}, `SELECT `+ticketColumns+` FROM ticket WHERE ($1 = '' OR state = $1) ORDER BY `+byDue+` LIMIT $2`, string(state), limit)
	return all, err
}

// Note is what a technician wrote down about a ticket.
type Note struct {
	ID, Ticket, Author, AuthorName, Text string
	CreatedAt                            time.Time
}

// InsertNote adds a note and sets ID and CreatedAt.
func (t *Tx) InsertNote(n Note) (Note, error) {
	n.ID, n.CreatedAt = NewID(), t.now
	_, err := t.audited("add note", `INSERT INTO note (id, ticket, author, text, created_at) VALUES ($1, $2, $3, $4, $5)`,
		n.ID, n.Ticket, n.Author, n.Text, millis(n.CreatedAt))
	return n, err
}

// Notes lists the notes of a ticket, the oldest first.
func (v *View) Notes(ticket string) ([]Note, error) {
	var all []Note
	err := v.rows("notes", func(s scanner) error {
		var n Note
		err := s.Scan(&n.ID, &n.Ticket, &n.Author, &n.AuthorName, &n.Text, instant{&n.CreatedAt})
		all = append(all, n)
		return err
	}, `SELECT note.id, note.ticket, note.author, technician.name, note.text, note.created_at
		FROM note JOIN technician ON technician.id = note.author WHERE note.ticket = $1 ORDER BY note.created_at, note.id`, ticket)
	return all, err
}
