package store

import (
	"errors"

	"beside/broker/internal/desk"
)

// Known is a solved ticket whose resolution is kept as knowledge.
type Known struct {
	Ticket
	Title string
}

// Knowledge lists at most limit solved tickets whose resolution is kept, by their titles.
func (v *View) Knowledge(limit int) (all []Known, err error) {
	err = v.rows("knowledge", func(s scanner) error {
		var k Known
		err := k.scan(titled{s, &k.Title})
		all = append(all, k)
		return err
	}, `SELECT `+ticketColumns+`, title FROM knowledge JOIN ticket ON ticket.id = knowledge.ticket
		WHERE state IN ('`+string(desk.Resolved)+`', '`+string(desk.Closed)+`') ORDER BY LOWER(title), number LIMIT $1`, limit)
	return all, err
}

// titled scans one column more than a ticket has.
type titled struct {
	scanner
	title *string
}

func (t titled) Scan(into ...any) error { return t.scanner.Scan(append(into, t.title)...) }

// Title is that of a ticket's knowledge; empty when there is none.
func (v *View) Title(ticket string) (title string, err error) {
	err = v.row("knowledge of a ticket", func(s scanner) error { return s.Scan(&title) }, `SELECT title FROM knowledge WHERE ticket = $1`, ticket)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return title, err
}

// Promote keeps how a ticket was solved as knowledge, under a title.
func (t *Tx) Promote(ticket, title string) error {
	_, err := t.audited("promote ticket", `INSERT INTO knowledge (ticket, title, at) VALUES ($1, $2, $3)
		ON CONFLICT (ticket) DO UPDATE SET title = $2, at = $3`, ticket, title, millis(t.now))
	return err
}

// Demote reports false when the ticket is no knowledge.
func (t *Tx) Demote(ticket string) (bool, error) {
	return t.audited("demote ticket", `DELETE FROM knowledge WHERE ticket = $1`, ticket)
}
