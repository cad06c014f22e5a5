package store

import (
	"time"
)

// InsertSignInLink keeps the hash of a one-time sign-in secret.
func (t *Tx) InsertSignInLink(hash []byte, technician string, expires time.Time) error {
	_, err := t.audited("make sign-in link", `INSERT INTO signin_link (hash, technician, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
		encode(hash), technician, millis(t.now), millis(expires))
	return err
}

// SpendSignInLink takes the link, once and before it expires, and returns its
// account, unless that is closed. Anything else is ErrNotFound: nobody learns
// which it was.
func (t *Tx) SpendSignInLink(hash []byte) (technician string, err error) {
	err = t.row("sign-in link", func(s scanner) error { return s.Scan(&technician) },
		`UPDATE signin_link SET spent_at = $1 WHERE hash = $2 AND spent_at = 0 AND expires_at > $1
			AND technician IN (SELECT id FROM technician WHERE disabled_at = 0) RETURNING technician`,
		millis(t.now), encode(hash))
	if err == nil {
		t.owed = "spend sign-in link"
	}
	return technician, err
}

// InsertCookieSession signs a technician in.
func (t *Tx) InsertCookieSession(hash []byte, technician string) error {
	_, err := t.audited("sign in", `INSERT INTO cookie_session (hash, technician, created_at, seen_at) VALUES ($1, $2, $3, $3)`,
		encode(hash), technician, millis(t.now))
	return err
}

// CookieSession is one signed-in browser.
type CookieSession struct {
	Technician Technician
	CreatedAt  time.Time
	SeenAt     time.Time
}

// CookieSession reads a signed-in browser, however old.
func (v *View) CookieSession(hash []byte) (c CookieSession, err error) {
	err = v.row("cookie session", func(s scanner) error {
		return c.Technician.scan(s, instant{&c.CreatedAt}, instant{&c.SeenAt})
	}, `SELECT `+technicianColumns+`, cookie_session.created_at, cookie_session.seen_at
		FROM cookie_session JOIN technician ON technician.id = cookie_session.technician WHERE cookie_session.hash = $1`, encode(hash))
	return c, err
}

// TouchCookieSession notes that the browser was seen. It is not audited.
func (t *Tx) TouchCookieSession(hash []byte) error {
	_, err := t.exec(`UPDATE cookie_session SET seen_at = $1 WHERE hash = $2`, millis(t.now), encode(hash))
	return err
}

// DeleteCookieSession signs a browser out and reports whether it was in.
func (t *Tx) DeleteCookieSession(hash []byte) (bool, error) {
	return t.audited("sign out", `DELETE FROM cookie_session WHERE hash = $1`, encode(hash))
}

// DeleteCookieSessionsOf signs an account out everywhere and reports from how
// many browsers.
func (t *Tx) DeleteCookieSessionsOf(technician string) (int64, error) {
	n, err := t.exec(`DELETE FROM cookie_session WHERE technician = $1`, technician)
	if n > 0 {
		t.owed = "sign out everywhere"
	}
	return n, err
}
