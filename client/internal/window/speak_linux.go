package window

import (
	"slices"
	"strings"
	"sync/atomic"

	"gioui.org/font"
	"gioui.org/io/system"
	"gioui.org/text"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/language"

	"beside/signaling/texts"
)

// Speak has the program speak a language, before its first window, if this computer
// has the fonts for it. Otherwise it speaks English: rows of empty boxes would be a
// question that nobody can answer.
func Speak(tag language.Tag) {
	texts.Speak(tag)
	all := letters()
	wide := !embedded(all)
	if wide && !drawable(text.NewShaper(text.WithCollection(faces())), all) {
		texts.Speak(language.English)
		wide = false
	}
	spokenBySystem.Store(wide)
}

// spokenBySystem tells that the texts need the fonts of the system.
var spokenBySystem atomic.Bool

// letters are all characters of what the program says in the language that is spoken.
func letters() string {
	var all []rune
	for _, key := range texts.Keys() {
		switch area, _, _ := strings.Cut(key, "."); area {
		case "window", "client", "scope", "end", "rightend", "notice":
			all = append(all, []rune(texts.Plain(key))...)
		}
	}
	slices.Sort(all)
	return string(slices.Compact(all))
}

// drawable reports whether a shaper finds a glyph for every character of s.
func drawable(shaper *text.Shaper, s string) bool {
	shaper.LayoutString(text.Parameters{
		Font: font.Font{Typeface: "Go"}, PxPerEm: fixed.I(16), MaxWidth: 1 << 20, Locale: locale(),
	}, s)
	for g, ok := shaper.NextGlyph(); ok; g, ok = shaper.NextGlyph() {
		const missing = 0 // the glyph of a font for what it has not; OpenType, "Recommendations for OpenType Fonts"
		if uint16(g.ID) == missing && g.Bounds != (fixed.Rectangle26_6{}) {
			return false
		}
	}
	return true
}

// locale is how the windows are read.
func locale() system.Locale {
	tag := texts.Spoken()
	direction := system.LTR
	if tag == language.Arabic {
		direction = system.RTL
	}
	return system.Locale{Language: tag.String(), Direction: direction}
}
