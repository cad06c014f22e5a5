//go:build linux

package window

import (
	"testing"

	"golang.org/x/text/language"

	"beside/signaling/texts"
)

// The fonts in the program are enough for what it says in these languages: the fonts
// of the system are not even listed.
func TestEmbeddedFontsHoldLatinCatalogues(t *testing.T) {
	t.Cleanup(func() { texts.Speak(language.English) })
	for _, tag := range texts.Languages {
		latin := tag != language.Arabic && tag != language.Japanese
		texts.Speak(tag)
		if got := embedded(letters()); got != latin {
			t.Errorf("%v: embedded fonts hold it: %v, want %v", tag, got, latin)
		}
	}
}

// Without a font for it, a language is not spoken.
func TestSpeakNeedsFonts(t *testing.T) {
	t.Cleanup(func() { Speak(language.English) })
	for _, tag := range []language.Tag{language.Arabic, language.Japanese} {
		Speak(tag)
		if texts.Spoken() != tag {
			t.Errorf("%v on this computer: got %v (make setup installs fonts)", tag, texts.Spoken())
		}
	}
	if drawable(newLook().shaper, "𐘀𐘁") {
		t.Error("Linear A is called drawable, for which there is no font here")
	}
}
