package store

import "time"

// Passkey is a public key by which an account signs in. Credential is what
// package auth keeps of it, as JSON.
type Passkey struct {
	ID           string
	Technician   string
	CredentialID []byte
	Credential   []byte
	Name         string
	CreatedAt    time.Time
	UsedAt       time.Time
}

const passkeyColumns = `id, technician, credential_id, credential, name, created_at, used_at`

func (p *Passkey) scan(s scanner) error {
	var credential string
	err := s.Scan(&p.ID, &p.Technician, binary{&p.CredentialID}, &credential, &p.Name, instant{&p.CreatedAt}, instant{&p.UsedAt})
	p.Credential = []byte(credential)
	return err
}

// InsertPasskey adds a passkey and sets its ID and CreatedAt. One that is there
// already is ErrTaken.
func (t *Tx) InsertPasskey(p Passkey) (Passkey, error) {
	p.ID, p.CreatedAt = NewID(), t.now
	_, err := t.audited("add passkey", `INSERT INTO passkey (id, technician, credential_id, credential, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, p.Technician, encode(p.CredentialID), string(p.Credential), p.Name, millis(p.CreatedAt))
	return p, err
}

// Passkeys lists those of an account, the oldest first.
func (v *View) Passkeys(technician string) ([]Passkey, error) {
	var all []Passkey
	err := v.rows("passkeys", func(s scanner) error {
		var p Passkey
		err := p.scan(s)
		all = append(all, p)
		return err
	}, `SELECT `+passkeyColumns+` FROM passkey WHERE technician = $1 ORDER BY created_at, id`, technician)
	return all, err
}

// UsePasskey keeps what a sign-in changed of a passkey, its counter above all.
func (t *Tx) UsePasskey(credentialID, credential []byte) error {
	_, err := t.audited("use passkey", `UPDATE passkey SET credential = $1, used_at = $2 WHERE credential_id = $3`,
		string(credential), millis(t.now), encode(credentialID))
	return err
}

// RenamePasskey names a passkey of an account and reports whether it is there.
func (t *Tx) RenamePasskey(technician, id, name string) (bool, error) {
	return t.audited("rename passkey", `UPDATE passkey SET name = $1 WHERE id = $2 AND technician = $3`, name, id, technician)
}

// DeletePasskey removes a passkey of an account and reports whether it was there.
func (t *Tx) DeletePasskey(technician, id string) (bool, error) {
	return t.audited("remove passkey", `DELETE FROM passkey WHERE id = $1 AND technician = $2`, id, technician)
}

// ReplaceRecoveryCodes puts the hashes of new recovery codes in the place of
// the account's earlier ones.
func (t *Tx) ReplaceRecoveryCodes(technician string, hashes [][]byte) error {
	if _, err := t.audited("replace recovery codes", `DELETE FROM recovery_code WHERE technician = $1`, technician); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := t.audited("replace recovery codes", `INSERT INTO recovery_code (hash, technician, created_at) VALUES ($1, $2, $3)`,
			encode(h), technician, millis(t.now)); err != nil {
			return err
		}
	}
	return nil
}

// SpendRecoveryCode takes a code of the open account with an address, once.
// Anything else is ErrNotFound, after the same work whether there is such an
// account or not.
func (t *Tx) SpendRecoveryCode(email string, hash []byte) (technician string, err error) {
	err = t.row("recovery code", func(s scanner) error { return s.Scan(&technician) },
		`DELETE FROM recovery_code WHERE hash = $1 AND technician IN (SELECT id FROM technician WHERE email = $2 AND disabled_at = 0)
			RETURNING technician`, encode(hash), email)
	if err == nil {
		t.owed = "spend recovery code"
	}
	return technician, err
}

// RecoveryCodes counts the codes that an account has left.
func (v *View) RecoveryCodes(technician string) (n int, err error) {
	err = v.row("recovery codes", func(s scanner) error { return s.Scan(&n) }, `SELECT COUNT(*) FROM recovery_code WHERE technician = $1`, technician)
	return n, err
}

// Ceremony is a sign-in between its two requests.
type Ceremony struct {
	Kind       string
	Technician string // empty: nobody yet
	Data       []byte
}

// InsertCeremony keeps a ceremony under the hash of its secret. It is not audited.
func (t *Tx) InsertCeremony(hash []byte, c Ceremony, expires time.Time) error {
	_, err := t.exec(`INSERT INTO ceremony (hash, kind, technician, data, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		encode(hash), c.Kind, c.Technician, string(c.Data), millis(expires))
	return err
}

// TakeCeremony returns a ceremony of a kind, once and before it expires; else
// ErrNotFound. It is not audited.
func (t *Tx) TakeCeremony(hash []byte, kind string) (c Ceremony, err error) {
	var data string
	err = t.row("ceremony", func(s scanner) error { return s.Scan(&c.Technician, &data) },
		`DELETE FROM ceremony WHERE hash = $1 AND kind = $2 AND expires_at > $3 RETURNING technician, data`, encode(hash), kind, millis(t.now))
	c.Kind, c.Data = kind, []byte(data)
	return c, err
}
