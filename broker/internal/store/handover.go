package store

import (
	"errors"
	"time"
)

// Handover is what whoever gave a ticket on wrote for the next one.
type Handover struct {
	Giver, GiverName, Note string
	At                     time.Time
}

// SetHandover replaces the note of a ticket that was given on before.
func (t *Tx) SetHandover(ticket, giver, note string) error {
	_, err := t.audited("hand over ticket", `INSERT INTO handover (ticket, giver, note, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (ticket) DO UPDATE SET giver = $2, note = $3, at = $4`, ticket, giver, note, millis(t.now))
	return err
}

// Handover reads the last of a ticket; it reports false when it never was handed over.
func (v *View) Handover(ticket string) (h Handover, given bool, err error) {
	err = v.row("handover", func(s scanner) error { return s.Scan(&h.Giver, &h.GiverName, &h.Note, instant{&h.At}) },
		`SELECT handover.giver, technician.name, handover.note, handover.at FROM handover JOIN technician ON technician.id = handover.giver
		WHERE handover.ticket = $1`, ticket)
	if errors.Is(err, ErrNotFound) {
		return h, false, nil
	}
	return h, err == nil, err
}
