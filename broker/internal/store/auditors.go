package store

import (
	"errors"
	"fmt"
	"time"

	"beside/signaling/auditors"
)

// AuditorsList is a published list of who can open recordings
// (signaling/auditors).
type AuditorsList struct {
	Number      uint64
	List        []byte // as it is published
	PublishedAt time.Time
}

// AuditorIdentity is the private half of a recipient, sealed by a passphrase that
// the broker never has.
type AuditorIdentity struct {
	Recipient string // age1…
	Name      string
	Sealed    string // age file, armored
}

// Auditors reads the list that is in force; it reports false when there is none.
func (v *View) Auditors() (l AuditorsList, published bool, err error) {
	var number int64
	var text string
	err = v.row("list of auditors", func(s scanner) error { return s.Scan(&number, &text, instant{&l.PublishedAt}) },
		`SELECT number, list, published_at FROM auditors ORDER BY number DESC LIMIT 1`)
	if errors.Is(err, ErrNotFound) {
		return l, false, nil
	}
	l.Number, l.List = uint64(number), []byte(text)
	return l, err == nil, err
}

// AuditorsRoot is the public half of the key that signed the list in force, as
// configurations have it; "" when there is none.
func (v *View) AuditorsRoot() (string, error) {
	kept, published, err := v.Auditors()
	if err != nil || !published {
		return "", err
	}
	list, err := auditors.Parse(kept.List)
	if err != nil {
		return "", fmt.Errorf("list of auditors in the database: %w", err)
	}
	return auditors.FormatRoot(list.Root), nil
}

// AuditorIdentities reads all that are kept.
func (v *View) AuditorIdentities() (all []AuditorIdentity, err error) {
	err = v.rows("identities of auditors", func(s scanner) error {
		var i AuditorIdentity
		err := s.Scan(&i.Recipient, &i.Name, &i.Sealed)
		all = append(all, i)
		return err
	}, `SELECT recipient, name, sealed FROM auditor_identity ORDER BY kept_at, recipient`)
	return all, err
}

// PublishAuditors puts a list into force; it reports false when there is one with
// that number.
func (t *Tx) PublishAuditors(number uint64, list []byte) (bool, error) {
	return t.audited("publish list of auditors", `INSERT INTO auditors (number, list, published_at) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, int64(number), string(list), millis(t.now))
}

// KeepAuditorIdentity keeps a sealed identity, in the place of an earlier one of
// the same recipient.
func (t *Tx) KeepAuditorIdentity(i AuditorIdentity) error {
	_, err := t.audited("keep identity of an auditor", `INSERT INTO auditor_identity (recipient, name, sealed, kept_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (recipient) DO UPDATE SET name = $2, sealed = $3`, i.Recipient, i.Name, i.Sealed, millis(t.now))
	return err
}

// AuditorPasskey is the private half of a recipient, sealed by a passkey.
type AuditorPasskey struct {
	Recipient string // age1…
	Passkey   string // which
	Name      string // of the device
	Sealed    string // age file, armored
}

// AuditorPasskeys reads all that are kept.
func (v *View) AuditorPasskeys() (all []AuditorPasskey, err error) {
	err = v.rows("passkeys of auditors", func(s scanner) error {
		var p AuditorPasskey
		err := s.Scan(&p.Recipient, &p.Passkey, &p.Name, &p.Sealed)
		all = append(all, p)
		return err
	}, `SELECT recipient, passkey, name, sealed FROM auditor_passkey ORDER BY kept_at, passkey`)
	return all, err
}

// KeepAuditorPasskey keeps one.
func (t *Tx) KeepAuditorPasskey(p AuditorPasskey) error {
	_, err := t.audited("keep passkey of an auditor", `INSERT INTO auditor_passkey (recipient, passkey, name, sealed, kept_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (recipient, passkey) DO UPDATE SET name = $3, sealed = $4`, p.Recipient, p.Passkey, p.Name, p.Sealed, millis(t.now))
	return err
}

// DropAuditorPasskey forgets one; it reports false when there was none.
func (t *Tx) DropAuditorPasskey(recipient, passkey string) (bool, error) {
	return t.audited("forget passkey of an auditor", `DELETE FROM auditor_passkey WHERE recipient = $1 AND passkey = $2`, recipient, passkey)
}
