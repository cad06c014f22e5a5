package store

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// fewest is how many letters a part must have to be looked up: the index is of
	// three in a row.
	fewest = 3
	// mostFew is how many sessions may lead a search. Where more have a part, the
	// newest that have it are found soon by going through all.
	mostFew = 500
)

// narrow looks up which sessions could be meant by the part that fewest have. It
// returns nil when that is of no help: all must be gone through then, from the newest
// on. The search still looks at each of them.
func (v *View) narrow(q SessionSearch) (few []string, err error) {
	for _, look := range []struct{ part, as, query string }{
		{q.Requester, phrase(q.Requester), `SELECT session.id FROM ticket_person CROSS JOIN ticket ON ticket.number = ticket_person.rowid
			CROSS JOIN session ON session.ticket = ticket.id WHERE ticket_person MATCH $1 LIMIT $2`},
		{q.Machine, phrase(q.Machine), `SELECT session_number.session FROM session_machine CROSS JOIN session_number ON session_number.number = session_machine.rowid
			WHERE session_machine MATCH $1 LIMIT $2`},
		{q.Technician, like(q.Technician), `SELECT session.id FROM technician CROSS JOIN session ON session.technician = technician.id
			WHERE LOWER(technician.name) LIKE $1 ESCAPE '\' LIMIT $2`},
	} {
		if utf8.RuneCountInString(look.part) < fewest {
			continue
		}
		found, err := v.texts("sessions of a part", look.query, look.as, mostFew+1)
		if err != nil {
			return nil, err
		}
		if len(found) > mostFew || few != nil && len(found) >= len(few) {
			continue
		}
		if few = found; few == nil {
			return []string{}, nil
		}
	}
	return few, nil
}

// rarest brings the effect that fewest sessions have to the front, since it leads.
func (v *View) rarest(effects []string) ([]string, error) {
	if len(effects) < 2 {
		return effects, nil
	}
	const enough = 5000
	effects = slices.Clone(effects)
	least := enough + 1
	for i, effect := range effects {
		n := 0
		if err := v.row("sessions of an effect", func(s scanner) error { return s.Scan(&n) },
			`SELECT COUNT(*) FROM (SELECT 1 FROM session_effect WHERE effect = $1 LIMIT $2) counted`, effect, enough); err != nil {
			return nil, err
		}
		if n < least {
			least = n
			effects[0], effects[i] = effects[i], effects[0]
		}
	}
	return effects, nil
}

// phrase is a text as FTS5 looks for it, sign by sign.
func phrase(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
