package store

import (
	"errors"
	"fmt"
	"time"

	"beside/signaling/record"
)

// Retention is for how many days after a session's end something is kept; 0: for good.
type Retention struct {
	Personal, Recordings int
	ChangedAt            time.Time // zero: never
}

// Retention reads it; with none set, everything is kept.
func (v *View) Retention() (r Retention, err error) {
	err = v.row("retention", func(s scanner) error { return s.Scan(&r.Personal, &r.Recordings, instant{&r.ChangedAt}) },
		`SELECT personal_days, recording_days, changed_at FROM retention WHERE id = 1`)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return r, err
}

// SetRetention replaces it.
func (t *Tx) SetRetention(personal, recordings int) error {
	_, err := t.audited("change retention", `INSERT INTO retention (id, personal_days, recording_days, changed_at) VALUES (1, $1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET personal_days = $1, recording_days = $2, changed_at = $3`, personal, recordings, millis(t.now))
	return err
}

// Hold is that what is kept of a session may not be deleted.
type Hold struct {
	Reason, Account string
	At              time.Time
}

// Hold reads a session's hold; ErrNotFound: there is none. An alarm is one, too, for good.
func (v *View) Hold(session string) (h Hold, err error) {
	err = v.row("hold of session "+session, func(s scanner) error { return s.Scan(&h.Reason, &h.Account, instant{&h.At}) }, `SELECT reason, account, held_at
		FROM (SELECT 'alarm' AS reason, '' AS account, raised_at AS held_at FROM alarm WHERE session = $1
		UNION ALL SELECT reason, account, held_at FROM legal_hold WHERE session = $1) AS holds ORDER BY reason <> 'alarm' LIMIT 1`, session)
	return h, err
}

// Held reports whether what is kept of a session may not be deleted. Whatever
// deletes asks.
func (v *View) Held(session string) (bool, error) {
	_, err := v.Hold(session)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SetHold holds a session; it reports false when it is held already.
func (t *Tx) SetHold(session, reason, account string) (bool, error) {
	return t.audited("hold session", `INSERT INTO legal_hold (session, reason, account, held_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		session, reason, account, millis(t.now))
}

// ReleaseHold ends a hold that is no alarm's; it reports false when there is none.
func (t *Tx) ReleaseHold(session string) (bool, error) {
	return t.audited("release session", `DELETE FROM legal_hold WHERE session = $1`, session)
}

// held is for sessions of which nothing may be deleted.
const held = `(EXISTS (SELECT 1 FROM alarm WHERE alarm.session = session.id)
	OR EXISTS (SELECT 1 FROM legal_hold WHERE legal_hold.session = session.id))`

// notHeld is for sessions that may be deleted from.
const notHeld = `session.ended_at > 0 AND session.ended_at < $1 AND NOT ` + held + ` `

// PersonalBefore lists at most limit sessions that ended before a time, are not held,
// and of which there is personal data beside the log, what a machine said of itself, or
// files of the ticket, or how its person is reached, where that may be said of all its sessions.
func (v *View) PersonalBefore(end time.Time, limit int) ([]string, error) {
	return v.texts("sessions with personal data", `SELECT session.id FROM session WHERE `+notHeld+`AND (EXISTS (SELECT 1 FROM audit_personal WHERE subject = session.id)
		OR EXISTS (SELECT 1 FROM machine_facts WHERE machine_facts.session = session.id)
		OR session.ticket IN (SELECT ticket FROM attachment UNION SELECT ticket FROM asking WHERE reach <> '' EXCEPT SELECT ticket FROM session WHERE NOT (`+notHeld+`))) LIMIT $2`,
		millis(end), limit)
}

// RecordingsBefore lists at most limit recordings of sessions that ended before a time
// and are not held.
func (v *View) RecordingsBefore(end time.Time, limit int) (all []Recording, err error) {
	return v.recordings(`JOIN session ON session.id = recording.session WHERE recording.deleted_at = 0 AND `+notHeld+`LIMIT $2`, millis(end), limit)
}

// LastBefore is the number of the last event before a time; 0: there is none.
func (v *View) LastBefore(at time.Time) (int64, error) {
	last, err := v.LastSeq()
	if err != nil {
		return 0, err
	}
	low, high := int64(0), last // all up to low are before, none after high is
	for low < high {
		middle := (low + high + 1) / 2
		leaves, err := v.Leaves("", middle-1, 1)
		if err != nil {
			return 0, err
		}
		if len(leaves) == 0 {
			return 0, fmt.Errorf("event %d: %w", middle, ErrNotFound)
		}
		e, err := record.ParseLeaf(leaves[0].Bytes)
		if err != nil {
			return 0, fmt.Errorf("event %d: %w", middle, err)
		}
		if e.Time.Before(at) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low, nil
}

// EraseAccounts deletes the personal data beside the log of events up to seq that are
// of no session, such as from where somebody signed in, and reports of how many.
func (t *Tx) EraseAccounts(seq int64) (int64, error) {
	return t.erase(`WHERE seq <= $1 AND NOT EXISTS (SELECT 1 FROM session WHERE session.id = audit_personal.subject)`, seq)
}
