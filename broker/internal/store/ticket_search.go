package store

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

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
		err := f.scan(s)
		all = append(all, f)
		return err
	}, `WITH hit AS MATERIALIZED (SELECT rowid FROM ticket_text WHERE ticket_text MATCH $1) -- once, and not for each row
		SELECT `+ticketColumns+` FROM ticket
		WHERE ($2 = '' OR state = $2) AND (number IN (SELECT rowid FROM hit) OR number = $3) ORDER BY `+byDue+` LIMIT $4`,
		match, string(state), number, limit)
	if err != nil {
		return nil, err
	}
	wanted := wordsOf(folded(q))
	for i := range all {
		var text string
		if err := v.row("text of a ticket", func(s scanner) error { return s.Scan(&text) },
			`SELECT ticket || char(10) || notes FROM ticket_text WHERE rowid = $1`, all[i].Number); err != nil {
			return nil, err
		}
		all[i].Where = around(text, wanted)
	}
	return all, nil
}

const (
	wordsBefore = 4 // the first hit
	wordsAfter  = 8
)

// around is a few words of a text around the first that begins with one of those
// wanted; empty when none does.
func around(text string, wanted []string) string {
	words := strings.Fields(text)
	for i, w := range words {
		for _, part := range wordsOf(folded(w)) {
			if !slices.ContainsFunc(wanted, func(begin string) bool { return strings.HasPrefix(part, begin) }) {
				continue
			}
			from, to := max(0, i-wordsBefore), min(len(words), i+1+wordsAfter)
			out := strings.Join(words[from:to], " ")
			if from > 0 {
				out = "…" + out
			}
			if to < len(words) {
				out += "…"
			}
			return out
		}
	}
	return ""
}

// folded is a text without case and accents, as FTS5's tokenizer sees it.
func folded(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
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

// SimilarSolved lists at most limit tickets with a resolution that share words with a
// text: what is kept as knowledge comes first, then the most alike (BM25: words that few
// tickets have count most). A ticket is never similar to itself.
func (v *View) SimilarSolved(text, except string, limit int) (all []Known, err error) {
	match := anyOf(text)
	if match == "" {
		return nil, nil
	}
	err = v.rows("similar tickets", func(s scanner) error {
		var k Known
		err := k.scan(titled{s, &k.Title})
		all = append(all, k)
		return err
	}, `WITH hit AS MATERIALIZED (SELECT rowid, bm25(ticket_text) AS rank FROM ticket_text WHERE ticket_text MATCH $1)
		SELECT `+ticketColumns+`, COALESCE(title, '') FROM hit JOIN ticket ON ticket.number = hit.rowid LEFT JOIN knowledge ON knowledge.ticket = ticket.id
		WHERE state IN ('resolved', 'closed') AND resolution <> '' AND id <> $2 ORDER BY title IS NULL, hit.rank LIMIT $3`, match, except, limit)
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
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}
