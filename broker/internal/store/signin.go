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

// InsertCookieSession signs a technician in, proven just now.
func (t *Tx) InsertCookieSession(hash []byte, c CookieSession) error {
	_, err := t.audited("sign in", `INSERT INTO cookie_session (hash, id, technician, device, signed_from, created_at, seen_at, proved_at, strong_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7)`,
		encode(hash), NewID(), c.Technician.ID, c.Device, c.From, millis(t.now), millis(c.StrongAt))
	return err
}

// CookieSession is one signed-in browser.
type CookieSession struct {
	ID         string
	Technician Technician
	Device     string // as people call it: "Firefox on Linux"
	From       string // truncated address
	CreatedAt  time.Time
	SeenAt     time.Time
	ProvedAt   time.Time // when it was last proven who it is, in any way
	StrongAt   time.Time // the same by a passkey; zero: never
}

const cookieSessionQuery = `SELECT ` + technicianColumns + `, cookie_session.id, cookie_session.device, cookie_session.signed_from,
		cookie_session.created_at, cookie_session.seen_at, cookie_session.proved_at, cookie_session.strong_at
	FROM cookie_session JOIN technician ON technician.id = cookie_session.technician `

func (c *CookieSession) scan(s scanner) error {
	return c.Technician.scan(s, &c.ID, &c.Device, &c.From, instant{&c.CreatedAt}, instant{&c.SeenAt}, instant{&c.ProvedAt}, instant{&c.StrongAt})
}

// CookieSession reads a signed-in browser, however old.
func (v *View) CookieSession(hash []byte) (c CookieSession, err error) {
	err = v.row("cookie session", c.scan, cookieSessionQuery+`WHERE cookie_session.hash = $1`, encode(hash))
	return c, err
}

// CookieSessions lists the browsers of an account, however old, the one seen
// last first.
func (v *View) CookieSessions(technician string) ([]CookieSession, error) {
	var all []CookieSession
	err := v.rows("cookie sessions", func(s scanner) error {
		var c CookieSession
		err := c.scan(s)
		all = append(all, c)
		return err
	}, cookieSessionQuery+`WHERE technician.id = $1 ORDER BY cookie_session.seen_at DESC, cookie_session.id`, technician)
	return all, err
}

// ProveCookieSession notes that a browser proved anew, by a passkey, who it is.
func (t *Tx) ProveCookieSession(hash []byte) error {
	_, err := t.audited("prove", `UPDATE cookie_session SET proved_at = $1, strong_at = $1 WHERE hash = $2`, millis(t.now), encode(hash))
	return err
}

// DeleteCookieSessionByID signs a browser of an account out and reports whether
// it was in.
func (t *Tx) DeleteCookieSessionByID(technician, id string) (bool, error) {
	return t.audited("sign out", `DELETE FROM cookie_session WHERE id = $1 AND technician = $2`, id, technician)
}

// DeleteOtherCookieSessions signs an account out everywhere but in one browser,
// and reports from how many.
func (t *Tx) DeleteOtherCookieSessions(technician, keep string) (int64, error) {
	n, err := t.exec(`DELETE FROM cookie_session WHERE technician = $1 AND id <> $2`, technician, keep)
	if n > 0 {
		t.owed = "sign out elsewhere"
	}
	return n, err
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
