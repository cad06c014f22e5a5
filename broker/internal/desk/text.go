package desk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits in characters.
const (
	MaxSubject  = 200
	MaxName     = 100
	MaxCategory = 60
	MaxEmail    = 254 // RFC 5321 §4.5.3.1.3, less the angle brackets
	MaxText     = 4000
)

// MaxMinutes bounds the time that somebody says a ticket took: a hundred hours.
const MaxMinutes = 6000

// Problem is a rule that a person's input breaks. Its text says what to do.
type Problem struct{ Field, Text string }

func (p *Problem) Error() string { return p.Field + ": " + p.Text }

// Line tidies one line of text and holds it to between least and most
// characters.
func Line(field, s string, least, most int) (string, error) {
	s, err := tidy(field, s, least, most)
	if err == nil && strings.ContainsAny(s, "\n\t") {
		return "", &Problem{Field: field, Text: "must be one line"}
	}
	return s, err
}

// Text tidies text of several lines and holds it to between least and most
// characters.
func Text(field, s string, least, most int) (string, error) {
	return tidy(field, s, least, most)
}

func tidy(field, s string, least, most int) (string, error) {
	if !utf8.ValidString(s) {
		return "", &Problem{Field: field, Text: "must be valid UTF-8"}
	}
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(s); {
	case n < least:
		return "", &Problem{Field: field, Text: "must not be empty"}
	case n > most:
		return "", &Problem{Field: field, Text: fmt.Sprintf("has %d characters; at most %d are allowed", n, most)}
	}
	if i := strings.IndexFunc(s, forbidden); i >= 0 {
		return "", &Problem{Field: field, Text: "must not contain control characters"}
	}
	return s, nil
}

// forbidden tells characters that can hide or reorder what a person reads:
// controls, and Unicode's direction marks (UAX #9).
func forbidden(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// Email tidies the address by which an account signs in. It checks the shape
// only: whether mail arrives there is not for a rule to know.
func Email(s string) (string, error) {
	s, err := Line("email", strings.ToLower(s), 3, MaxEmail)
	if err != nil {
		return "", err
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || strings.ContainsAny(domain, "@ ") || strings.Contains(local, " ") {
		return "", &Problem{Field: "email", Text: fmt.Sprintf("%q is no address; write it like name@example.org", s)}
	}
	return s, nil
}
