package auth

import (
	"errors"
	"fmt"
	"net/http"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
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
		return tn, nil, problem.New(http.StatusConflict, "email_taken", fmt.Sprintf("There is an account for %s already. See beside technician list.", email))
	}
	if err != nil {
		return tn, nil, err
	}
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return tn, []record.Event{record.New(record.TechnicianAdded{Technician: tn.ID, Roles: words}, record.ByBroker, by)}, nil
}
