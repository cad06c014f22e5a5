package store

// LinkProvider links an account to the subject of an issuer. A subject or an
// account that is linked already is ErrTaken.
func (t *Tx) LinkProvider(issuer, subject, technician string) error {
	_, err := t.audited("link provider", `INSERT INTO provider_identity (issuer, subject, technician, created_at) VALUES ($1, $2, $3, $4)`,
		issuer, subject, technician, millis(t.now))
	return err
}

// UnlinkProvider ends an account's link to an issuer and reports whether there
// was one.
func (t *Tx) UnlinkProvider(issuer, technician string) (bool, error) {
	return t.audited("unlink provider", `DELETE FROM provider_identity WHERE issuer = $1 AND technician = $2`, issuer, technician)
}

// ProviderAccount reads the account that an issuer's subject is linked to.
func (v *View) ProviderAccount(issuer, subject string) (tn Technician, err error) {
	err = v.row("provider identity", func(s scanner) error { return tn.scan(s) }, `SELECT `+technicianColumns+`
		FROM provider_identity JOIN technician ON technician.id = provider_identity.technician
		WHERE provider_identity.issuer = $1 AND provider_identity.subject = $2`, issuer, subject)
	return tn, err
}

// ProviderLinked reports whether an account is linked to an issuer.
func (v *View) ProviderLinked(issuer, technician string) (linked bool, err error) {
	var n int
	err = v.row("provider identity", func(s scanner) error { return s.Scan(&n) },
		`SELECT COUNT(*) FROM provider_identity WHERE issuer = $1 AND technician = $2`, issuer, technician)
	return n > 0, err
}
