package store

import (
	"errors"
	"fmt"
	"time"

	"beside/broker/internal/desk"
)

// Asking is what belongs to a ticket that a person made at the help page.
type Asking struct {
	Ticket      string
	Reach       string // how the person can be reached
	ExpiresAt   time.Time
	WithdrawnAt time.Time // zero: help is still wanted, or was given
	Invitation  string    // handed to the waiting page, or empty
	Code        string    // the digits of that invitation
}

const askingColumns = `ticket, reach, expires_at, withdrawn_at, COALESCE(invitation, ''), code`

func (a *Asking) scan(s scanner) error {
	return s.Scan(&a.Ticket, &a.Reach, instant{&a.ExpiresAt}, instant{&a.WithdrawnAt}, &a.Invitation, &a.Code)
}

// InsertAsking keeps how whoever made a ticket is reached, and the hash of the secret of their page.
// Of those whose page has expired, whose ticket is over and took no session, it forgets how they are reached.
func (t *Tx) InsertAsking(a Asking, hash []byte) error {
	if _, err := t.exec(`UPDATE asking SET reach = '' WHERE reach <> '' AND expires_at <= $1
		AND EXISTS (SELECT 1 FROM ticket WHERE ticket.id = asking.ticket AND ticket.resolved_at > 0)
		AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = asking.ticket)`, millis(t.now)); err != nil {
		return fmt.Errorf("forget how people are reached: %w", err)
	}
	_, err := t.audited("ask for help", `INSERT INTO asking (ticket, secret_hash, reach, expires_at) VALUES ($1, $2, $3, $4)`,
		a.Ticket, encode(hash), a.Reach, millis(a.ExpiresAt))
	return err
}

// eraseReach forgets how the person of a session's ticket is reached, unless another session of it is held or goes on.
func (t *Tx) eraseReach(session string) (bool, error) {
	return t.audited("erase how a person is reached", `UPDATE asking SET reach = '' WHERE reach <> '' AND ticket = (SELECT ticket FROM session WHERE id = $1)
		AND NOT EXISTS (SELECT 1 FROM session WHERE session.ticket = asking.ticket AND session.id <> $1 AND (session.ended_at = 0 OR `+held+`))`, session)
}

// AskingByHash reads that of a secret which has not expired; anything else is ErrNotFound.
func (v *View) AskingByHash(hash []byte, now time.Time) (a Asking, err error) {
	err = v.row("asking", a.scan, `SELECT `+askingColumns+` FROM asking WHERE secret_hash = $1 AND expires_at > $2`, encode(hash), millis(now))
	return a, err
}

// Asking reads that of a ticket; it reports false when nobody waits for it at the help page.
func (v *View) Asking(ticket string) (a Asking, asked bool, err error) {
	err = v.row("asking", a.scan, `SELECT `+askingColumns+` FROM asking WHERE ticket = $1`, ticket)
	if errors.Is(err, ErrNotFound) {
		return a, false, nil
	}
	return a, err == nil, err
}

// WithdrawAsking notes that the person does not need help any more.
func (t *Tx) WithdrawAsking(ticket string) error {
	_, err := t.audited("withdraw", `UPDATE asking SET withdrawn_at = $1, invitation = NULL, code = '' WHERE ticket = $2`, millis(t.now), ticket)
	return err
}

// HandToAsking gives an invitation to whoever waits for a ticket.
func (t *Tx) HandToAsking(ticket, invitation, code string) error {
	_, err := t.audited("hand over a code", `UPDATE asking SET invitation = $1, code = $2 WHERE ticket = $3`, invitation, code, ticket)
	return err
}

// OpenAskings counts the open tickets that came from the help page.
func (v *View) OpenAskings() (n int, err error) {
	err = v.row("open askings", func(s scanner) error { return s.Scan(&n) },
		`SELECT COUNT(*) FROM asking JOIN ticket ON ticket.id = asking.ticket WHERE ticket.state = $1`, desk.Open)
	return n, err
}

// Before counts the open tickets that are in the queue before one.
func (v *View) Before(tk Ticket) (n int, err error) {
	err = v.row("place in the queue", func(s scanner) error { return s.Scan(&n) },
		`SELECT COUNT(*) FROM ticket WHERE state = 'open' AND (`+dueAt+` < $1 OR `+dueAt+` = $1 AND number < $2)`, millis(tk.DueAt), tk.Number)
	return n, err
}

// AskingAllowed reads whether whoever reaches the broker may ask for help; false when nobody said so.
func (v *View) AskingAllowed() (allowed bool, err error) {
	err = v.row("policy of asking", func(s scanner) error { return s.Scan(&allowed) }, `SELECT allowed FROM asking_policy WHERE id = 1`)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return allowed, err
}

// SetAskingAllowed replaces it.
func (t *Tx) SetAskingAllowed(allowed bool) error {
	_, err := t.audited("change policy of asking", `INSERT INTO asking_policy (id, allowed, changed_at) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET allowed = $1, changed_at = $2`, number(allowed), millis(t.now))
	return err
}
