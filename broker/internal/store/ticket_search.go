package store

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	words := wordsOf(q)
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

// SimilarSolved lists at most limit tickets with a resolution that share words with a
// text, the most alike first (BM25: words that few tickets have count most). A ticket is
// never similar to itself.
func (v *View) SimilarSolved(text, except string, limit int) (all []Ticket, err error) {
	match := anyOf(text)
	if match == "" {
		return nil, nil
	}
	err = v.rows("similar tickets", func(s scanner) error {
		var tk Ticket
		err := tk.scan(s)
		all = append(all, tk)
		return err
	}, `WITH hit AS (SELECT rowid, bm25(ticket_text) AS rank FROM ticket_text WHERE ticket_text MATCH $1)
		SELECT `+ticketColumns+` FROM hit JOIN ticket ON ticket.number = hit.rowid
		WHERE state IN ('resolved', 'closed') AND resolution <> '' AND id <> $2 ORDER BY hit.rank LIMIT $3`, match, except, limit)
	return all, err
}

const (
	minAlike = 4  // letters of a word that says something
	maxAlike = 24 // words of a text that are looked for
)

// anyOf is a text in FTS5's language: any of its longer words.
func anyOf(text string) string {
	var words []string
	for _, w := range wordsOf(text) {
		if utf8.RuneCountInString(w) >= minAlike && len(words) < maxAlike {
			words = append(words, `"`+w+`"`)
		}
	}
	return strings.Join(words, " OR ")
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
