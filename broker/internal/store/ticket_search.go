package store

import (
	"strconv"
	"strings"
	"unicode"

	"beside/broker/internal/desk"
)

// Found is a ticket that was searched for.
type Found struct {
	Ticket
	Where string // a few words around the first hit
}

// FindTickets lists at most limit tickets in the order of the queue, of one state when
// state is not empty, that hold every word of q, or words that begin so, in what is
// said of them or in their notes. A number alone, as #7, finds the ticket too.
func (v *View) FindTickets(state desk.State, q string, limit int) (all []Found, err error) {
	match := matchOf(q)
	if match == "" {
		return nil, nil
	}
	number, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(q), "#"), 10, 64)
	if err != nil {
		number = 0 // no ticket's
	}
	err = v.rows("search of tickets", func(s scanner) error {
		var f Found
		err := f.scan(withMore{s, &f.Where})
		all = append(all, f)
		return err
	}, `WITH hit AS (SELECT rowid, snippet(ticket_text, -1, '', '', '…', 12) AS piece FROM ticket_text WHERE ticket_text MATCH $1)
		SELECT `+ticketColumns+`, COALESCE(hit.piece, '') FROM ticket LEFT JOIN hit ON hit.rowid = ticket.number
		WHERE ($2 = '' OR state = $2) AND (hit.rowid IS NOT NULL OR number = $3) ORDER BY `+byDue+` LIMIT $4`,
		match, string(state), number, limit)
	return all, err
}

// matchOf is q in FTS5's language: each word quoted, so that none is an operator, and
// as a prefix. Empty: there is no word in it.
func matchOf(q string) string {
	words := strings.FieldsFunc(q, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	for i, w := range words {
		words[i] = `"` + w + `"*`
	}
	return strings.Join(words, " ")
}

// withMore scans a column more than its caller knows of.
type withMore struct {
	scanner
	last any
}

func (m withMore) Scan(dest ...any) error { return m.scanner.Scan(append(dest, m.last)...) }
