package ticket

import (
	"errors"
	"net/http"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// AskingLife is how long the page of somebody who asked for help can be looked at.
const AskingLife = 30 * 24 * time.Hour

// MaxAskings bounds how many open tickets there are from the help page: more than a desk can read.
const MaxAskings = 300

var requester = record.Actor{Kind: record.Requester}

// SetAskingAllowed changes whether whoever reaches the broker may ask for help.
func SetAskingAllowed(tx *store.Tx, allowed bool, by record.Actor) ([]record.Event, error) {
	before, err := tx.AskingAllowed()
	if err != nil || before == allowed {
		return nil, err
	}
	return []record.Event{record.New(record.AskingPolicyChanged{Allowed: allowed}, record.ByBroker, by)}, tx.SetAskingAllowed(allowed)
}

// Ask opens the ticket of a person at the help page, who holds the secret of a hash.
func Ask(tx *store.Tx, t desk.Ticket, reach string, hash []byte) ([]record.Event, error) {
	open, err := tx.OpenAskings()
	if err != nil {
		return nil, err
	}
	if open >= MaxAskings {
		return nil, problem.New(http.StatusServiceUnavailable, "desk_full", "Too many people ask for help now. Call the help desk.")
	}
	tk, events, err := Add(tx, t, requester)
	if err != nil {
		return nil, err
	}
	return events, tx.InsertAsking(store.Asking{Ticket: tk.ID, Reach: reach, ExpiresAt: tx.Now().Add(AskingLife)}, hash)
}

// Say adds what the person says later to the words of their ticket.
func Say(tx *store.Tx, id, more string) ([]record.Event, error) {
	tk, err := tx.Ticket(id)
	if err != nil {
		return nil, err
	}
	if tk.Ticket, err = desk.Say(tk.Ticket, more); err != nil {
		return nil, err
	}
	return update(tx, tk, "words", requester)
}

// Withdraw closes the ticket of a person who does not need help any more, and takes back the code that was handed to
// them. Twice is once.
func Withdraw(tx *store.Tx, a store.Asking) ([]record.Event, error) {
	tk, err := tx.Ticket(a.Ticket)
	if err != nil {
		return nil, err
	}
	var open bool
	if tk.Ticket, open = desk.Withdraw(tk.Ticket); !open {
		return nil, nil
	}
	events, err := takeBack(tx, a)
	if err != nil {
		return nil, err
	}
	more, err := update(tx, tk, "state", requester)
	if err != nil {
		return nil, err
	}
	events = append(events, more...)
	return append(events, event(tk.ID, record.TicketWithdrawn{}, requester)), tx.WithdrawAsking(tk.ID)
}

// takeBack revokes the code that waits for the person. One that was used is a session: the program ends that.
func takeBack(tx *store.Tx, a store.Asking) ([]record.Event, error) {
	if a.Invitation == "" {
		return nil, nil
	}
	i, err := tx.Invitation(a.Invitation)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!i.RedeemedAt.IsZero() || !i.RevokedAt.IsZero()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return invitation.Revoke(tx, i, requester)
}

func update(tx *store.Tx, tk store.Ticket, field string, by record.Actor) ([]record.Event, error) {
	tk, err := tx.UpdateTicket(tk)
	if err != nil {
		return nil, err
	}
	data := record.TicketChanged{Fields: []string{field}, State: string(tk.State), Priority: int(tk.Priority)}
	return []record.Event{event(tk.ID, data, by)}, nil
}
