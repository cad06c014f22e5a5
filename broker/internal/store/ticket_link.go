package store

import (
	"time"

	"beside/broker/internal/desk"
)

// Link is another ticket that belongs to one.
type Link struct {
	ID      string // of the other ticket
	Number  int64
	Subject string
	State   desk.State
	Kind    desk.Link
}

// Links lists those of a ticket, both ways, by the others' numbers.
func (v *View) Links(ticket string) (all []Link, err error) {
	err = v.rows("linked tickets", func(s scanner) error {
		var l Link
		err := s.Scan(&l.ID, &l.Number, &l.Subject, &l.State, &l.Kind)
		all = append(all, l)
		return err
	}, `SELECT ticket.id, ticket.number, ticket.subject, ticket.state,
			CASE WHEN ticket_link.kind = 'related' THEN 'related' WHEN ticket_link.ticket = $1 THEN 'duplicate_of' ELSE 'duplicated_by' END
		FROM ticket_link JOIN ticket ON ticket.id = CASE WHEN ticket_link.ticket = $1 THEN ticket_link.other ELSE ticket_link.ticket END
		WHERE ticket_link.ticket = $1 OR ticket_link.other = $1 ORDER BY ticket.number`, ticket)
	return all, err
}

// InsertLink links two tickets that are not linked; kind is related or duplicate.
func (t *Tx) InsertLink(ticket, other, kind string) error {
	_, err := t.audited("link tickets", `INSERT INTO ticket_link (ticket, other, kind, at) VALUES ($1, $2, $3, $4)`, ticket, other, kind, millis(t.now))
	return err
}

// DeleteLink takes the link between two tickets away, whichever way it was made. It reports false when there is none.
func (t *Tx) DeleteLink(ticket, other string) (bool, error) {
	return t.audited("unlink tickets", `DELETE FROM ticket_link WHERE ticket = $1 AND other = $2 OR ticket = $2 AND other = $1`, ticket, other)
}

// liveTime is how long the sessions of a ticket were live together, in milliseconds.
const liveTime = `COALESCE((SELECT SUM(session.ended_at - session.live_at) FROM session
	WHERE session.ticket = ticket.id AND session.live_at > 0 AND session.ended_at > session.live_at), 0)`

// TicketTime is how long the sessions of a ticket were live together, those that have ended.
func (v *View) TicketTime(ticket string) (d time.Duration, err error) {
	err = v.row("time of a ticket", func(s scanner) error {
		var ms int64
		err := s.Scan(&ms)
		d = time.Duration(ms) * time.Millisecond
		return err
	}, `SELECT `+liveTime+` FROM ticket WHERE id = $1`, ticket)
	return d, err
}
