package texts

import (
	"strings"
	"sync/atomic"

	"golang.org/x/text/language"
)

// Languages are those of the catalogues, English, which all others are made from,
// first.
var Languages = []language.Tag{
	language.English, language.German, language.French, language.Spanish, language.Portuguese,
	language.Turkish, language.Arabic, language.Japanese,
}

var matcher = language.NewMatcher(Languages)

// spoken is the language that T gives, by its place in Languages.
var spoken atomic.Int32

// Speak sets the language of T for the whole program, once, before anything is shown.
func Speak(tag language.Tag) {
	_, i, _ := matcher.Match(tag)
	spoken.Store(int32(i))
}

// Spoken is the language that T gives.
func Spoken() language.Tag { return Languages[spoken.Load()] }

// Wanted is the language of a person's desktop, by the environment variables of POSIX
// (XBS Base Definitions, 8.2) and of GNU gettext; English where they say nothing that
// there is a catalogue for.
func Wanted(getenv func(string) string) language.Tag {
	var wanted []language.Tag
	locale := firstOf(getenv, "LC_ALL", "LC_MESSAGES", "LANG")
	list := locale
	if locale != "" && locale != "C" && locale != "POSIX" { // else LANGUAGE does not count
		list = getenv("LANGUAGE") + ":" + locale
	}
	for name := range strings.SplitSeq(list, ":") {
		name, _, _ = strings.Cut(name, ".") // the encoding
		name, _, _ = strings.Cut(name, "@") // the variant
		if tag, err := language.Parse(strings.ReplaceAll(name, "_", "-")); err == nil && name != "" {
			wanted = append(wanted, tag)
		}
	}
	_, i, _ := matcher.Match(wanted...)
	return Languages[i]
}

func firstOf(getenv func(string) string, names ...string) string {
	for _, name := range names {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}
