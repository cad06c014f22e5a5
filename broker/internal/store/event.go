package store

import (
	"fmt"

	"beside/signaling/record"
)

// Leaf is one event as it is kept: Bytes are what record.Event.Leaf returned.
// Salt and Personal are what is kept beside it; nil when there is none, or when
// it was erased.
type Leaf struct {
	Seq            int64
	Bytes          []byte
	Salt, Personal []byte
}

// Event reads the leaf, with its personal data where that is still there.
func (l Leaf) Event() (record.Event, error) {
	e, err := record.ParseLeaf(l.Bytes)
	if err != nil {
		return e, fmt.Errorf("event %d: %w", l.Seq, err)
	}
	if l.Personal == nil {
		return e, nil
	}
	return e.Restore(l.Salt, l.Personal)
}

// Append records an event: it sets Seq (the next, without a gap), ID and Time,
// and keeps personal data beside the leaf, which only commits to it. Only
// package journal calls it.
func (t *Tx) Append(e record.Event) (record.Event, error) {
	n, err := t.batch.next(e, t.now)
	if err != nil {
		return e, err
	}
	if err := t.batch.insert([]entry{n}); err != nil {
		return e, err
	}
	t.owed = ""
	return n.event, nil
}

// subject is whose personal data an event has: of whoever is in the session, or
// else of the account that acted.
func subject(e record.Event) string {
	if e.Session != "" {
		return e.Session
	}
	return e.Actor.ID
}

// ErasePersonal deletes the personal data of a subject beside the log, and what the
// machine of that session said of itself, and reports of how many events and machines
// it was. What is deleted is overwritten.
func (t *Tx) ErasePersonal(subject string) (int64, error) {
	n, err := t.erase(`WHERE subject = $1`, subject)
	if err != nil {
		return 0, err
	}
	// Where the session's client came from is shown from its row.
	if _, err := t.exec(`UPDATE session SET joined_from = '' WHERE id = $1`, subject); err != nil {
		return 0, fmt.Errorf("erase personal data: %w", err)
	}
	for _, erase := range []func(subject string) (bool, error){t.eraseFacts, t.eraseAttachments, t.eraseMails, t.eraseReach} {
		erased, err := erase(subject)
		if erased {
			n++
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (t *Tx) eraseFacts(subject string) (bool, error) {
	return t.audited("erase facts", `DELETE FROM machine_facts WHERE session = $1`, subject)
}

// erase deletes personal data beside the log and reports of how many events it was.
func (t *Tx) erase(where string, args ...any) (int64, error) {
	n, err := t.exec(`DELETE FROM audit_personal `+where, args...)
	if err != nil {
		return 0, fmt.Errorf("erase personal data: %w", err)
	}
	if n > 0 {
		t.owed = "erase personal data"
	}
	return n, nil
}

// LastSeq is the number of events so far.
func (v *View) LastSeq() (seq int64, err error) {
	err = v.row("last event", func(s scanner) error { return s.Scan(&seq) }, lastSeq)
	return seq, err
}

const lastSeq = `SELECT COALESCE(MAX(seq), 0) FROM audit_event`

const leafQuery = `SELECT audit_event.seq, leaf, COALESCE(salt, ''), COALESCE(value, '')
	FROM audit_event LEFT JOIN audit_personal ON audit_personal.seq = audit_event.seq `

func (l *Leaf) scan(s scanner) error {
	var leaf, personal string
	err := s.Scan(&l.Seq, &leaf, binary{&l.Salt}, &personal)
	l.Bytes = []byte(leaf)
	if personal != "" {
		l.Personal = []byte(personal)
	}
	return err
}

// Leaves lists at most limit events after seq, in order; of one session when
// session is not empty.
func (v *View) Leaves(session string, after int64, limit int) ([]Leaf, error) {
	where, args := `WHERE audit_event.seq > $1 ORDER BY audit_event.seq LIMIT $2`, []any{after, limit}
	if session != "" {
		where, args = `WHERE session = $3 AND audit_event.seq > $1 ORDER BY audit_event.seq LIMIT $2`, append(args, session)
	}
	var leaves []Leaf
	err := v.rows("events", func(s scanner) error {
		var l Leaf
		err := l.scan(s)
		leaves = append(leaves, l)
		return err
	}, leafQuery+where, args...)
	return leaves, err
}

// SessionKinds tells which kinds of events a session has.
func (v *View) SessionKinds(session string) (map[record.Kind]bool, error) {
	kinds := make(map[record.Kind]bool)
	err := v.rows("kinds of events", func(s scanner) error {
		var kind record.Kind
		err := s.Scan(&kind)
		kinds[kind] = true
		return err
	}, `SELECT DISTINCT kind FROM audit_event WHERE session = $1`, session)
	return kinds, err
}

// Row is an event with what the database finds it by.
type Row struct {
	Leaf
	ID, Session string
	Kind        record.Kind
}

// Rows lists at most limit events after seq as they are kept, in order.
func (v *View) Rows(after int64, limit int) ([]Row, error) {
	rows := make([]Row, 0, limit)
	err := v.rows("events", func(s scanner) error {
		var r Row
		var leaf, personal string
		err := s.Scan(&r.Seq, &r.ID, &r.Kind, &r.Session, &leaf, binary{&r.Salt}, &personal)
		r.Bytes = []byte(leaf)
		if personal != "" {
			r.Personal = []byte(personal)
		}
		rows = append(rows, r)
		return err
	}, `SELECT audit_event.seq, id, kind, session, leaf, COALESCE(salt, ''), COALESCE(value, '')
		FROM audit_event LEFT JOIN audit_personal ON audit_personal.seq = audit_event.seq
		WHERE audit_event.seq > $1 ORDER BY audit_event.seq LIMIT $2`, after, limit)
	return rows, err
}

// ClientKeys lists the key of every session's client, by session.
func (v *View) ClientKeys() (map[string][]byte, error) {
	keys := make(map[string][]byte)
	err := v.rows("session keys", func(s scanner) error {
		var id string
		var key []byte
		err := s.Scan(&id, binary{&key})
		keys[id] = key
		return err
	}, `SELECT id, client_key FROM session WHERE client_key <> ''`)
	return keys, err
}
