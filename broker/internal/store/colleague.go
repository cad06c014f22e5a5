package store

import "time"

// Colleague is a second technician of a session, whom the first called in to look on.
type Colleague struct {
	Key              []byte // raw Ed25519 public key that the link names
	Technician, Name string // who opened the link; empty: nobody yet
	Until            time.Time
}

// Came reports whether somebody opened the link.
func (c Colleague) Came() bool { return c.Technician != "" }

// CallColleague keeps the key of a link to a second technician, in place of an earlier one.
func (t *Tx) CallColleague(session string, key []byte, until time.Time) error {
	_, err := t.audited("call a colleague in", `INSERT INTO colleague (session, key, until) VALUES ($1, $2, $3)
		ON CONFLICT (session) DO UPDATE SET key = $2, technician = '', until = $3`, session, encode(key), millis(until))
	return err
}

// ClaimColleague makes the link the technician's who opened it.
func (t *Tx) ClaimColleague(session, technician string) error {
	_, err := t.audited("come as a colleague", `UPDATE colleague SET technician = $2 WHERE session = $1 AND technician = ''`, session, technician)
	return err
}

// ForgetColleague ends what a link to a second technician was good for.
func (t *Tx) ForgetColleague(session string) error {
	_, err := t.audited("forget a colleague", `DELETE FROM colleague WHERE session = $1`, session)
	return err
}
