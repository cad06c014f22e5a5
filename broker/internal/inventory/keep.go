package inventory

import (
	"errors"
	"fmt"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// Errors of who wants to keep facts.
var (
	ErrNotYours   = errors.New("the session is another technician's")
	ErrNotAllowed = errors.New("the requester does not allow facts of this machine now")
)

// Told is a snapshot, and what is not as it was before.
type Told struct {
	store.Snapshot
	Before  *store.Snapshot // nil: the machine was never helped before
	Changed []control.Fact
}

// Keep keeps what a machine says of itself with its session, inside a transaction of
// the caller's. What it says comes by way of the technician's page, so it is no proof
// of anything; but nothing is kept that the requester does not allow at that moment.
func Keep(tx *store.Tx, session string, technician store.Technician, facts control.Facts) (Told, []record.Event, error) {
	se, err := tx.Session(session)
	switch {
	case err != nil:
		return Told{}, nil, err
	case se.Technician != technician.ID:
		return Told{}, nil, ErrNotYours
	case !se.Granted.Contains(grant.Facts):
		return Told{}, nil, ErrNotAllowed
	}
	if err := facts.Validate(); err != nil {
		return Told{}, nil, &desk.Problem{Field: "facts", Text: err.Error()}
	}
	p := store.Snapshot{Session: session, Machine: facts.Machine, Facts: facts, Fullest: Fullest(facts), ReadAt: tx.Now()}
	if p.Machine == "" {
		p.Machine = session
	}
	if err := tx.KeepFacts(p); err != nil {
		return Told{}, nil, err
	}
	told, err := Read(&tx.View, session)
	if err != nil {
		return Told{}, nil, err
	}
	data := record.FactsKept{Changed: []string{}}
	for _, f := range told.Changed {
		data.Changed = append(data.Changed, string(f))
	}
	return told, []record.Event{se.Event(data, record.Actor{Kind: record.Technician, ID: technician.ID})}, nil
}

// Read reads what the machine of a session said of itself, beside what it said before.
func Read(v *store.View, session string) (Told, error) {
	p, err := v.Facts(session)
	if err != nil {
		return Told{}, err
	}
	before, found, err := v.FactsBefore(p)
	if err != nil || !found {
		return Told{Snapshot: p, Changed: []control.Fact{}}, err
	}
	return Told{p, &before, Changed(before.Facts, p.Facts)}, nil
}

// History is what a machine said of itself, the newest first; ErrNotFound when it is
// not known. Of the oldest one, what was before is not told.
func History(v *store.View, machine string, limit int) ([]Told, error) {
	all, err := v.FactsOf(machine, limit)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("machine: %w", store.ErrNotFound)
	}
	out := make([]Told, len(all))
	for i, p := range all {
		out[i] = Told{Snapshot: p, Changed: []control.Fact{}}
		if i+1 < len(all) {
			out[i].Before, out[i].Changed = &all[i+1], Changed(all[i+1].Facts, p.Facts)
		}
	}
	return out, nil
}
