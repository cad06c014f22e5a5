package texts

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// A message is a text in which parts stand for values, in the two forms of ICU
// MessageFormat that the catalogues use:
//
//	{name}                                      the value
//	{n, plural, one {# day} other {# days}}     by the plural category of a whole number
//
// The categories are those of CLDR for the language; "other" is always there. A #
// in one of them is the number, in digits that are the same in all languages, as
// the programs say codes and numbers of tickets aloud. Forms do not nest.

// format puts values into a message. Values are not searched again. What has no
// value stays as it is, so that the mistake is seen.
func format(lang language.Tag, message string, values map[string]string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(message, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inside, after := enclosed(rest)
		name, form, _ := strings.Cut(inside, ",")
		value, ok := values[name]
		switch choices, isPlural := strings.CutPrefix(strings.TrimSpace(form), "plural,"); {
		case !ok:
			out.WriteString("{" + inside + "}")
		case isPlural:
			out.WriteString(strings.ReplaceAll(choose(lang, choices, value), "#", value))
		default:
			out.WriteString(value)
		}
		message = after
	}
}

// enclosed splits what follows an opening brace at the one that closes it.
func enclosed(s string) (inside, after string) {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// choose returns the text of a value's category, or of "other" where the language
// has a category that the message has not.
func choose(lang language.Tag, choices, value string) string {
	category := "other"
	if n, err := strconv.Atoi(value); err == nil {
		category = categoryOf(lang, n)
	}
	other := ""
	for choices != "" {
		name, rest, _ := strings.Cut(choices, "{")
		text, after := enclosed(rest)
		switch strings.TrimSpace(name) {
		case category:
			return text
		case "other":
			other = text
		}
		choices = after
	}
	return other
}

// categoryOf is the CLDR plural category of a whole number.
func categoryOf(lang language.Tag, n int) string {
	const ten = 10_000_000 // MatchPlural takes integers modulo this
	switch plural.Cardinal.MatchPlural(lang, n%ten, 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	default:
		return "other"
	}
}
