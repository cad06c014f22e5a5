package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/record"
)

// AddTechnician makes an account, inside a transaction of the caller's. The
// name is what requesters are shown, so only an administrator may set it.
func AddTechnician(tx *store.Tx, email, name string, roles []desk.Role, by record.Actor) (store.Technician, []record.Event, error) {
	email, err := desk.Email(email)
	if err != nil {
		return store.Technician{}, nil, err
	}
	if name, err = desk.Line("name", name, 1, desk.MaxName); err != nil {
		return store.Technician{}, nil, err
	}
	tn, err := tx.InsertTechnician(store.Technician{Email: email, Name: name, Roles: roles})
	if errors.Is(err, store.ErrTaken) {
		return tn, nil, problem.New(http.StatusConflict, "email_taken", fmt.Sprintf("There is an account for %s already. See beside account list.", email))
	}
	if err != nil {
		return tn, nil, err
	}
	return tn, []record.Event{record.New(record.TechnicianAdded{Technician: tn.ID, Roles: words(roles)}, record.ByBroker, by)}, nil
}

func words(roles []desk.Role) []string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return names
}

// ChangeRoles replaces the roles of an account, inside a transaction of the
// caller's. Sessions of who may no longer help end. Nobody changes their own:
// so somebody with the right to undo it always remains.
func ChangeRoles(tx *store.Tx, tn store.Technician, roles []desk.Role, by record.Actor) ([]record.Event, error) {
	if err := notOneself(tn, by); err != nil {
		return nil, err
	}
	if slices.Equal(tn.Roles, roles) {
		return nil, nil
	}
	if err := tx.SetRoles(tn.ID, roles); err != nil {
		return nil, err
	}
	events := []record.Event{record.New(record.RolesChanged{Technician: tn.ID, Roles: words(roles)}, record.ByBroker, by)}
	if slices.Contains(roles, desk.Technician) {
		return events, nil
	}
	ended, err := endSessions(tx, tn.ID, by)
	return append(events, ended...), err
}

// Rename gives an account another name, inside a transaction of the caller's.
// Requesters are shown it, so only an administrator may.
func Rename(tx *store.Tx, tn store.Technician, name string, by record.Actor) ([]record.Event, error) {
	name, err := desk.Line("name", name, 1, desk.MaxName)
	if err != nil || name == tn.Name {
		return nil, err
	}
	e := record.New(record.TechnicianRenamed{Technician: tn.ID}, record.ByBroker, by)
	return []record.Event{e}, tx.SetName(tn.ID, name)
}

// Disable closes an account, inside a transaction of the caller's: it is signed
// out everywhere and its sessions end. Nobody closes their own.
func Disable(tx *store.Tx, tn store.Technician, by record.Actor) ([]record.Event, error) {
	if err := notOneself(tn, by); err != nil {
		return nil, err
	}
	changed, err := tx.SetDisabled(tn.ID, true)
	if err != nil || !changed {
		return nil, err
	}
	if _, err := tx.DeleteOtherCookieSessions(tn.ID, ""); err != nil {
		return nil, err
	}
	ended, err := endSessions(tx, tn.ID, by)
	return append(ended, record.New(record.AccountDisabled{Technician: tn.ID}, record.ByBroker, by)), err
}

// Enable opens a closed account again, inside a transaction of the caller's.
func Enable(tx *store.Tx, tn store.Technician, by record.Actor) ([]record.Event, error) {
	changed, err := tx.SetDisabled(tn.ID, false)
	if err != nil || !changed {
		return nil, err
	}
	return []record.Event{record.New(record.AccountEnabled{Technician: tn.ID}, record.ByBroker, by)}, nil
}

func notOneself(tn store.Technician, by record.Actor) error {
	if by.Kind == record.Technician && by.ID == tn.ID {
		return problem.New(http.StatusConflict, "own_account",
			"You cannot change what your own account may do. Ask another administrator.")
	}
	return nil
}

// maxSessions is more than one person can have open.
const maxSessions = 1000

// endSessions ends what an account has open: whoever was helped is told that
// the right to help is over.
func endSessions(tx *store.Tx, technician string, by record.Actor) ([]record.Event, error) {
	open, err := tx.Sessions(store.SessionFilter{Technician: technician, Unended: true}, maxSessions)
	if err != nil {
		return nil, err
	}
	var events []record.Event
	for _, se := range open {
		if _, err := tx.End(se.ID, signaling.LostToken); err != nil {
			return nil, err
		}
		events = append(events, se.Event(record.SessionEnded{Reason: string(signaling.LostToken)}, by))
	}
	return events, nil
}
