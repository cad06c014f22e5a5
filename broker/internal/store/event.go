package store

import (
	"fmt"

	"beside/signaling/record"
)

// Leaf is one event as it is kept: Bytes are what record.Event.Leaf returned.
type Leaf struct {
	Seq   int64
	Bytes []byte
}

// Append records an event: it sets Seq (the next, without a gap), ID and Time.
// Only package journal calls it.
func (t *Tx) Append(e record.Event) (record.Event, error) {
	var last int64
	if err := t.row("last event", func(s scanner) error { return s.Scan(&last) }, `SELECT COALESCE(MAX(seq), 0) FROM audit_event`); err != nil {
		return e, err
	}
	e.Seq, e.ID, e.Time = last+1, NewID(), t.now
	leaf, err := e.Leaf()
	if err != nil {
		return e, err
	}
	if _, err := t.exec(`INSERT INTO audit_event (seq, id, kind, session, leaf) VALUES ($1, $2, $3, $4, $5)`,
		e.Seq, e.ID, string(e.Kind), e.Session, string(leaf)); err != nil {
		return e, fmt.Errorf("append event %s: %w", e.Kind, err)
	}
	t.owed = ""
	return e, nil
}

// LastSeq is the number of events so far.
func (v *View) LastSeq() (seq int64, err error) {
	err = v.row("last event", func(s scanner) error { return s.Scan(&seq) }, `SELECT COALESCE(MAX(seq), 0) FROM audit_event`)
	return seq, err
}

// Leaves lists at most limit events after seq, in order; of one session when
// session is not empty.
func (v *View) Leaves(session string, after int64, limit int) ([]Leaf, error) {
	var leaves []Leaf
	err := v.rows("events", func(s scanner) error {
		var l Leaf
		var text string
		err := s.Scan(&l.Seq, &text)
		l.Bytes = []byte(text)
		leaves = append(leaves, l)
		return err
	}, `SELECT seq, leaf FROM audit_event WHERE seq > $1 AND ($2 = '' OR session = $2) ORDER BY seq LIMIT $3`, after, session, limit)
	return leaves, err
}
