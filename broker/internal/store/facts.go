package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"beside/signaling/control"
)

// Snapshot is what a machine said of itself in one session.
type Snapshot struct {
	Session string
	Machine string // its id; of a machine that has none, the session's
	Facts   control.Facts
	Fullest int // the free part of its fullest disk in percent; -1: unknown
	ReadAt  time.Time

	// Read with the row, never written:
	Requester, TechnicianName, Ticket, Subject string
	TicketNumber                               int64
	Sessions                                   int // in which the machine said something; only in Machines
}

const snapshotColumns = `SELECT machine_facts.session, machine_facts.machine, machine_facts.facts, machine_facts.fullest, machine_facts.read_at,
	ticket.requester, technician.name, ticket.id, ticket.subject, ticket.number`

const snapshotFrom = ` FROM machine_facts JOIN session ON session.id = machine_facts.session
	JOIN technician ON technician.id = session.technician JOIN ticket ON ticket.id = session.ticket `

func (p *Snapshot) scan(s scanner, more ...any) error {
	var facts string
	err := s.Scan(append([]any{&p.Session, &p.Machine, &facts, &p.Fullest, instant{&p.ReadAt},
		&p.Requester, &p.TechnicianName, &p.Ticket, &p.Subject, &p.TicketNumber}, more...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(facts), &p.Facts)
}

// KeepFacts keeps what the machine of a session says of itself now. What it said
// earlier in the same session is replaced.
func (t *Tx) KeepFacts(p Snapshot) error {
	facts, err := json.Marshal(p.Facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	updates := p.Facts.Updates
	if !p.Facts.Has(control.FactUpdates) {
		updates = -1
	}
	words := strings.ToLower(strings.Join([]string{p.Facts.Name, p.Facts.System, p.Facts.Processor}, "\n"))
	_, err = t.audited("keep facts", `INSERT INTO machine_facts (session, machine, words, fullest, updates, facts, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (session) DO UPDATE SET machine = $2, words = $3, fullest = $4, updates = $5, facts = $6, read_at = $7`,
		p.Session, p.Machine, words, p.Fullest, updates, string(facts), millis(t.now))
	return err
}

// Facts reads what the machine of a session said of itself.
func (v *View) Facts(session string) (p Snapshot, err error) {
	err = v.row("facts of session "+session, func(s scanner) error { return p.scan(s) },
		snapshotColumns+snapshotFrom+`WHERE machine_facts.session = $1`, session)
	return p, err
}

// FactsBefore reads what the machine said in the session before; found is false
// when it was helped for the first time.
func (v *View) FactsBefore(p Snapshot) (before Snapshot, found bool, err error) {
	err = v.row("facts before", func(s scanner) error { return before.scan(s) }, snapshotColumns+snapshotFrom+
		`WHERE machine_facts.machine = $1 AND machine_facts.session <> $2 AND machine_facts.read_at <= $3 ORDER BY machine_facts.read_at DESC LIMIT 1`,
		p.Machine, p.Session, millis(p.ReadAt))
	if errors.Is(err, ErrNotFound) {
		return before, false, nil
	}
	return before, err == nil, err
}

// FactsOf lists at most limit things that a machine said of itself, the newest first.
func (v *View) FactsOf(machine string, limit int) (all []Snapshot, err error) {
	err = v.rows("facts of a machine", func(s scanner) error {
		var p Snapshot
		err := p.scan(s)
		all = append(all, p)
		return err
	}, snapshotColumns+snapshotFrom+`WHERE machine_facts.machine = $1 ORDER BY machine_facts.read_at DESC, machine_facts.session LIMIT $2`, machine, limit)
	return all, err
}

// MachineFilter narrows Machines; empty fields do not.
type MachineFilter struct {
	Words   string // in its name, its system, its processor or its requester's name
	Full    int    // a disk has less than this free, in percent
	Updates bool   // updates wait
}

// Machines lists at most limit machines by what they said last, the one helped last
// first.
func (v *View) Machines(f MachineFilter, limit int) (all []Snapshot, err error) {
	err = v.rows("machines", func(s scanner) error {
		var p Snapshot
		err := p.scan(s, &p.Sessions)
		all = append(all, p)
		return err
	}, snapshotColumns+`, (SELECT COUNT(*) FROM machine_facts AS every WHERE every.machine = machine_facts.machine)`+snapshotFrom+`
		WHERE NOT EXISTS (SELECT 1 FROM machine_facts AS newer WHERE newer.machine = machine_facts.machine
			AND (newer.read_at > machine_facts.read_at OR newer.read_at = machine_facts.read_at AND newer.session > machine_facts.session))
		AND ($1 = '' OR machine_facts.words LIKE $2 ESCAPE '\' OR LOWER(ticket.requester) LIKE $2 ESCAPE '\')
		AND ($3 = 0 OR machine_facts.fullest >= 0 AND machine_facts.fullest < $3) AND ($4 = 0 OR machine_facts.updates > 0)
		ORDER BY machine_facts.read_at DESC, machine_facts.session LIMIT $5`, f.Words, like(f.Words), f.Full, number(f.Updates), limit)
	return all, err
}

// SessionsWithFacts names the sessions of a ticket whose machine said something.
func (v *View) SessionsWithFacts(ticket string) ([]string, error) {
	return v.texts("sessions with facts", `SELECT machine_facts.session FROM machine_facts JOIN session ON session.id = machine_facts.session
		WHERE session.ticket = $1`, ticket)
}
