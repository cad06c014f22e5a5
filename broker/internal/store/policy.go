package store

import (
	"errors"
	"time"

	"beside/signaling/grant"
)

// Policy is what the administrator lets anybody be asked for.
type Policy struct {
	Scopes    grant.Set
	ChangedAt time.Time
}

// Policy reads the policy; it reports false when there is none: then nothing is
// narrowed.
func (v *View) Policy() (p Policy, set bool, err error) {
	var scopes string
	err = v.row("policy", func(s scanner) error { return s.Scan(&scopes, instant{&p.ChangedAt}) }, `SELECT scopes, changed_at FROM policy WHERE id = 1`)
	if errors.Is(err, ErrNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	p.Scopes, err = grant.ParseSet(scopes)
	return p, true, err
}

// SetPolicy replaces the policy.
func (t *Tx) SetPolicy(scopes grant.Set) error {
	_, err := t.audited("change policy", `INSERT INTO policy (id, scopes, changed_at) VALUES (1, $1, $2)
		ON CONFLICT (id) DO UPDATE SET scopes = $1, changed_at = $2`, scopes.String(), millis(t.now))
	return err
}
