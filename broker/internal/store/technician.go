package store

import (
	"fmt"
	"strings"
	"time"

	"beside/broker/internal/desk"
)

// Technician is an account, whatever its roles.
type Technician struct {
	ID        string
	Email     string
	Name      string
	Roles     []desk.Role
	CreatedAt time.Time
	// DisabledAt is when the account was closed; zero: it is not.
	DisabledAt time.Time
}

// Disabled reports whether the account is closed: it may do nothing.
func (tn Technician) Disabled() bool { return !tn.DisabledAt.IsZero() }

const technicianColumns = `technician.id, technician.email, technician.name, technician.roles, technician.created_at, technician.disabled_at`

func (tn *Technician) scan(s scanner, more ...any) error {
	var roles string
	if err := s.Scan(append([]any{&tn.ID, &tn.Email, &tn.Name, &roles, instant{&tn.CreatedAt}, instant{&tn.DisabledAt}}, more...)...); err != nil {
		return err
	}
	var err error
	tn.Roles, err = desk.ParseRoles(strings.Fields(roles))
	return err
}

// InsertTechnician adds an account and sets its ID and CreatedAt. An e-mail
// address that another account has is ErrTaken.
func (t *Tx) InsertTechnician(tn Technician) (Technician, error) {
	tn.ID, tn.CreatedAt = NewID(), t.now
	_, err := t.audited("add technician", `INSERT INTO technician (id, email, name, roles, created_at) VALUES ($1, $2, $3, $4, $5)`,
		tn.ID, tn.Email, tn.Name, desk.JoinRoles(tn.Roles), millis(tn.CreatedAt))
	return tn, err
}

// Technician reads one account.
func (v *View) Technician(id string) (tn Technician, err error) {
	err = v.row("technician "+id, func(s scanner) error { return tn.scan(s) }, `SELECT `+technicianColumns+` FROM technician WHERE id = $1`, id)
	return tn, err
}

// TechnicianByEmail reads the account that signs in with an address.
func (v *View) TechnicianByEmail(email string) (tn Technician, err error) {
	err = v.row(fmt.Sprintf("technician %q", email), func(s scanner) error { return tn.scan(s) },
		`SELECT `+technicianColumns+` FROM technician WHERE email = $1`, email)
	return tn, err
}

// Technicians lists all accounts by name.
func (v *View) Technicians() ([]Technician, error) {
	var all []Technician
	err := v.rows("technicians", func(s scanner) error {
		var tn Technician
		err := tn.scan(s)
		all = append(all, tn)
		return err
	}, `SELECT `+technicianColumns+` FROM technician ORDER BY name, email`)
	return all, err
}

// SetName gives an account another name.
func (t *Tx) SetName(id, name string) error {
	_, err := t.audited("rename account", `UPDATE technician SET name = $1 WHERE id = $2`, name, id)
	return err
}

// SetRoles replaces the roles of an account.
func (t *Tx) SetRoles(id string, roles []desk.Role) error {
	_, err := t.audited("change roles", `UPDATE technician SET roles = $1 WHERE id = $2`, desk.JoinRoles(roles), id)
	return err
}

// SetDisabled closes an account or opens it again, and reports whether that
// was a change.
func (t *Tx) SetDisabled(id string, disabled bool) (bool, error) {
	at := time.Time{}
	if disabled {
		at = t.now
	}
	return t.audited("disable account", `UPDATE technician SET disabled_at = $1 WHERE id = $2 AND (disabled_at = 0) = ($1 <> 0)`, millis(at), id)
}
