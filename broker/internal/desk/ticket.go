// Package desk holds the rules of the help desk: priority, the states of a
// ticket and what a person may write into one. It is pure: no clock, no
// database, no network. It owns nothing and never changes what it is given.
package desk

import (
	"fmt"
	"slices"
	"strings"
)

// Level grades impact and urgency.
type Level string

// The closed set of levels.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

// Levels lists every level, the gravest first.
func Levels() []Level { return []Level{High, Medium, Low} }

// Priority orders the desk: 1 is helped first, 5 last.
type Priority int

// rank is 0 for high, 1 for medium and 2 for everything else.
func rank(l Level) int {
	if i := slices.Index(Levels(), l); i >= 0 {
		return i
	}
	return len(Levels()) - 1
}

// State is where a ticket stands.
type State string

// The closed set of states.
const (
	Open     State = "open"     // nobody works on it
	Helping  State = "helping"  // a technician works on it
	Waiting  State = "waiting"  // for the requester or a third party
	Resolved State = "resolved" // with a resolution; the requester may still object
	Closed   State = "closed"   // final
)

// States lists every state in the order of a ticket's life.
func States() []State { return []State{Open, Helping, Waiting, Resolved, Closed} }

// next says which states may follow which.
func next(s State) []State {
	switch s {
	case Open:
		return []State{Helping, Waiting, Resolved}
	case Helping:
		return []State{Open, Waiting, Resolved}
	case Waiting:
		return []State{Open, Helping, Resolved}
	case Resolved:
		return []State{Open, Helping, Closed}
	default: // closed is final
		return nil
	}
}

// CanFollow reports whether a ticket in state from may become to. Staying is
// always allowed.
func CanFollow(from, to State) bool {
	return from == to || slices.Contains(next(from), to)
}

// Ticket is a call for help, as far as the rules need to know it.
type Ticket struct {
	Subject, Words, Requester, Category string
	Impact, Urgency                     Level
	State                               State
	Resolution, SystemChanges           string
	Minutes                             int // it took besides its sessions
}

// Patch is a change of a ticket: only the fields that are not nil change.
type Patch struct {
	Subject, Words, Requester, Category *string
	Impact, Urgency                     *Level
	State                               *State
	Resolution, SystemChanges           *string
	Minutes                             *int
}

// New checks a new ticket: it opens in state open and without a resolution.
func New(t Ticket) (Ticket, error) {
	t.State, t.Resolution, t.SystemChanges, t.Minutes = Open, "", "", 0
	return check(t)
}

// Apply returns the ticket after p, or the first rule that p breaks.
func Apply(t Ticket, p Patch) (Ticket, error) {
	if t.State == Closed {
		return Ticket{}, &Problem{Field: "state", Text: "this ticket is closed; open a new one"}
	}
	from := t.State
	set(&t.Subject, p.Subject)
	set(&t.Words, p.Words)
	set(&t.Requester, p.Requester)
	set(&t.Category, p.Category)
	set(&t.Impact, p.Impact)
	set(&t.Urgency, p.Urgency)
	set(&t.State, p.State)
	set(&t.Resolution, p.Resolution)
	set(&t.SystemChanges, p.SystemChanges)
	set(&t.Minutes, p.Minutes)
	if !CanFollow(from, t.State) {
		return Ticket{}, &Problem{Field: "state", Text: fmt.Sprintf("a ticket that is %s cannot become %q; it can become %s", from, t.State, join(next(from)))}
	}
	t, err := check(t)
	if err != nil {
		return Ticket{}, err
	}
	if (t.State == Resolved || t.State == Closed) && t.Resolution == "" {
		return Ticket{}, &Problem{Field: "resolution", Text: "say how it was solved before the ticket is " + string(t.State)}
	}
	return t, nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func join(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// check tidies every field and returns the first that breaks a limit.
func check(t Ticket) (Ticket, error) {
	var err error
	if t.Subject, err = Line("subject", t.Subject, 1, MaxSubject); err != nil {
		return Ticket{}, err
	}
	if t.Requester, err = Line("requester", t.Requester, 1, MaxName); err != nil {
		return Ticket{}, err
	}
	if t.Category, err = Line("category", t.Category, 0, MaxCategoryPath); err != nil {
		return Ticket{}, err
	}
	if t.Words, err = Text("words", t.Words, 0, MaxText); err != nil {
		return Ticket{}, err
	}
	if t.Resolution, err = Text("resolution", t.Resolution, 0, MaxText); err != nil {
		return Ticket{}, err
	}
	if t.SystemChanges, err = Text("systemChanges", t.SystemChanges, 0, MaxText); err != nil {
		return Ticket{}, err
	}
	if t.Minutes < 0 || t.Minutes > MaxMinutes {
		return Ticket{}, &Problem{Field: "minutes", Text: fmt.Sprintf("must be 0 to %d", MaxMinutes)}
	}
	if !slices.Contains(Levels(), t.Impact) {
		return Ticket{}, &Problem{Field: "impact", Text: "must be high, medium or low"}
	}
	if !slices.Contains(Levels(), t.Urgency) {
		return Ticket{}, &Problem{Field: "urgency", Text: "must be high, medium or low"}
	}
	return t, nil
}
