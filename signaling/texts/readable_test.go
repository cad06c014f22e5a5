package texts_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"
)

// What the person who is helped reads, may be frightened while they read it.
var forRequester = []string{"client.", "end.", "notice.", "receipt.", "requester.", "rightend.", "scope.", "window."}

// prose is what a text's sentences are counted in.
type prose struct{ sentences, words, syllables, long int }

var sentenceEnd = regexp.MustCompile(`[.!?:](\s|$)`)

func (p *prose) add(text string, vowels *regexp.Regexp) {
	text = placeholder.ReplaceAllString(pluralForm.ReplaceAllString(text, "7"), "Sam")
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
	if len(words) < 4 {
		return // a button or a name, not a sentence
	}
	p.sentences += max(1, len(sentenceEnd.FindAllString(text, -1)))
	for _, w := range words {
		n := max(1, len(vowels.FindAllString(strings.ToLower(w), -1)))
		p.words++
		p.syllables += n
		if n >= 3 {
			p.long++
		}
	}
}

// A pupil of this grade reads it, about: eight years of school are twelve to thirteen
// years of age, and what most newspapers stay above.
const mostGrade = 8

func TestWhatTheRequesterReadsIsEasy(t *testing.T) {
	tests := []struct {
		tag    language.Tag
		vowels *regexp.Regexp
		grade  func(p prose) float64
	}{
		// Kincaid et al., Research Branch Report 8-75, 1975.
		{language.English, regexp.MustCompile(`[aeiouy]+(?:[^aeiouy\s]|$)`), func(p prose) float64 {
			return 0.39*ratio(p.words, p.sentences) + 11.8*ratio(p.syllables, p.words) - 15.59
		}},
		// The fourth of Bamberger and Vanecek, Lesen – Verstehen – Lernen – Schreiben, Vienna 1984.
		{language.German, regexp.MustCompile(`[aeiouyäöü]+`), func(p prose) float64 {
			return 0.2656*ratio(p.words, p.sentences) + 27.44*ratio(p.long, p.words) - 1.693
		}},
	}
	for _, tt := range tests {
		t.Run(tt.tag.String(), func(t *testing.T) {
			for _, area := range forRequester {
				var p prose
				for _, e := range catalogue(t, tt.tag) {
					if strings.HasPrefix(e.key, area) {
						p.add(e.text, tt.vowels)
					}
				}
				if p.words < 100 {
					continue // too little to say anything of it
				}
				grade := tt.grade(p)
				t.Logf("%-10s grade %.1f, %d words in %d sentences", area, grade, p.words, p.sentences)
				if grade > mostGrade {
					t.Errorf("%s: grade %.1f, want at most %d: shorter sentences, shorter words", area, grade, mostGrade)
				}
			}
		})
	}
}

func ratio(a, b int) float64 { return float64(a) / float64(b) }
