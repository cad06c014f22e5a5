package store

import (
	"errors"
	"strings"
	"time"
)

// Mail is one about a ticket.
type Mail struct {
	ID, Ticket         string
	Outgoing           bool
	Automatic          bool   // nobody wrote it
	MessageID, Answers string // without their brackets
	Name, Address      string // of the person who wrote, or is written to
	Author, AuthorName string // of an answer
	Subject, Text      string
	At                 time.Time
	SentAt             time.Time // zero: it waits, or came
	Tries              int
	Failed             bool // given up
}

const mailQuery = `SELECT m.id, COALESCE(m.ticket, ''), m.outgoing, m.automatic, m.message_id, m.answers, m.name, m.address, COALESCE(m.author, ''),
	COALESCE(technician.name, ''), m.subject, m.text, m.at, m.sent_at, m.tries, m.failed
	FROM ticket_mail m LEFT JOIN technician ON technician.id = m.author `

func (v *View) mails(where string, args ...any) (all []Mail, err error) {
	err = v.rows("mails", func(s scanner) error {
		var m Mail
		err := s.Scan(&m.ID, &m.Ticket, &m.Outgoing, &m.Automatic, &m.MessageID, &m.Answers, &m.Name, &m.Address, &m.Author,
			&m.AuthorName, &m.Subject, &m.Text, instant{&m.At}, instant{&m.SentAt}, &m.Tries, &m.Failed)
		all = append(all, m)
		return err
	}, mailQuery+where, args...)
	return all, err
}

// Mails lists those of a ticket, the oldest first.
func (v *View) Mails(ticket string) ([]Mail, error) {
	return v.mails(`WHERE m.ticket = $1 ORDER BY m.at, m.outgoing, m.id`, ticket)
}

// MailsToSend lists at most limit mails that are due.
func (v *View) MailsToSend(now time.Time, limit int) ([]Mail, error) {
	return v.mails(`WHERE m.outgoing = 1 AND m.sent_at = 0 AND m.failed = 0 AND m.try_at <= $1 ORDER BY m.at, m.id LIMIT $2`, millis(now), limit)
}

// TicketWithMail is the ticket of a mail by its message id; empty: it is not known.
func (v *View) TicketWithMail(messageID string) (string, error) {
	all, err := v.texts("mail", `SELECT COALESCE(ticket, '') FROM ticket_mail WHERE message_id = $1`, messageID)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// MailsFrom counts what came from an address since a time.
func (v *View) MailsFrom(address string, since time.Time) (n int, err error) {
	return n, v.row("mails from", func(s scanner) error { return s.Scan(&n) },
		`SELECT COUNT(*) FROM ticket_mail WHERE address = $1 AND at >= $2 AND outgoing = 0`, address, millis(since))
}

// TicketOfMail is the ticket of the mails that somebody answers: it was written by or to the same address. Empty: none.
func (v *View) TicketOfMail(address string, answered []string) (ticket string, err error) {
	for _, id := range answered {
		err = v.row("mail", func(s scanner) error { return s.Scan(&ticket) },
			`SELECT ticket FROM ticket_mail WHERE message_id = $1 AND address = $2`, id, address)
		if !errors.Is(err, ErrNotFound) {
			return ticket, err
		}
	}
	return "", nil
}

// InsertMail keeps one; what goes out is sent as soon as it can.
func (t *Tx) InsertMail(m Mail) (Mail, error) {
	m.ID, m.At = NewID(), t.now
	_, err := t.audited("keep mail", `INSERT INTO ticket_mail (id, ticket, outgoing, automatic, message_id, answers, name, address, author, subject, text, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, m.ID, nullable(m.Ticket), m.Outgoing, m.Automatic, m.MessageID, m.Answers, m.Name, m.Address,
		nullable(m.Author), m.Subject, m.Text, millis(t.now))
	return m, err
}

// MailSent notes that a server took it.
func (t *Tx) MailSent(id string) error {
	_, err := t.exec(`UPDATE ticket_mail SET sent_at = $2, tries = tries + 1 WHERE id = $1`, id, millis(t.now))
	return err
}

// MailTried notes that none did, and when to try again; failed: never.
func (t *Tx) MailTried(id string, again time.Time, failed bool) error {
	_, err := t.exec(`UPDATE ticket_mail SET tries = tries + 1, try_at = $2, failed = $3 WHERE id = $1`, id, millis(again), failed)
	return err
}

// eraseMails deletes what was written about a session's ticket, unless another session of it is held or goes on.
func (t *Tx) eraseMails(session string) (bool, error) {
	return t.audited("erase mails", strings.ReplaceAll(`DELETE FROM ticket_mail WHERE ticket = (SELECT ticket FROM session WHERE id = $1)
		AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = ticket_mail.ticket AND session.id <> $1 AND (session.ended_at = 0 OR HELD))`, "HELD", held), session)
}

// EraseOldMails deletes what was written about tickets that were resolved before a time and took no session.
func (t *Tx) EraseOldMails(before time.Time) error {
	_, err := t.exec(`DELETE FROM ticket_mail WHERE ticket IN (SELECT id FROM ticket WHERE resolved_at > 0 AND resolved_at < $1
		AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = ticket.id))`, millis(before))
	return err
}

// ForgetReports deletes reports that went out, or never did, before a time.
func (t *Tx) ForgetReports(before time.Time) error {
	_, err := t.exec(`DELETE FROM ticket_mail WHERE ticket IS NULL AND at < $1`, millis(before))
	return err
}
