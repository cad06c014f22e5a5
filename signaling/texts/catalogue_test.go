package texts_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"beside/signaling/texts"
)

type entry struct{ key, text string }

// catalogue reads a file as it stands: in its order.
func catalogue(t *testing.T, tag language.Tag) []entry {
	t.Helper()
	raw, err := os.ReadFile(tag.String() + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	dec := json.NewDecoder(bytes.NewReader(raw))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		t.Fatalf("start of the catalogue: got %v, %v, want {", tok, err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		value, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		text, ok := value.(string)
		if !ok {
			t.Fatalf("%v: got %v, want a string", key, value)
		}
		all = append(all, entry{key.(string), text})
	}
	return all
}

func english(t *testing.T) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, e := range catalogue(t, language.English) {
		m[e.key] = e.text
	}
	return m
}

var (
	keyForm     = regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)+$`)
	placeholder = regexp.MustCompile(`\{([a-z]+)\}`)
	pluralForm  = regexp.MustCompile(`\{([a-z]+), plural,((?: (?:zero|one|two|few|many) \{[^{}]*\})*) other \{[^{}]*\}\}`)
)

// valuesOf are the names that a message has places for, sorted.
func valuesOf(text string) []string {
	var names []string
	for _, m := range pluralForm.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	for _, m := range placeholder.FindAllStringSubmatch(pluralForm.ReplaceAllString(text, ""), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestCataloguesAreSortedAndTidy(t *testing.T) {
	for _, tag := range texts.Languages {
		t.Run(tag.String(), func(t *testing.T) {
			all := catalogue(t, tag)
			for i, e := range all {
				checkEntry(t, e)
				if i > 0 && all[i-1].key >= e.key {
					t.Errorf("%s must stand before %s: keep the keys sorted", e.key, all[i-1].key)
				}
			}
		})
	}
	if got, want := len(texts.Keys()), len(catalogue(t, language.English)); got != want {
		t.Errorf("got %d keys through Keys, want %d", got, want)
	}
}

func checkEntry(t *testing.T, e entry) {
	t.Helper()
	if !keyForm.MatchString(e.key) {
		t.Errorf("key %q: want the form area.name in lower case", e.key)
	}
	if e.text == "" || strings.TrimSpace(e.text) != e.text {
		t.Errorf("%s: the text %q is empty or has space around it", e.key, e.text)
	}
	rest := placeholder.ReplaceAllString(pluralForm.ReplaceAllString(e.text, ""), "")
	if strings.ContainsAny(rest, "{}") {
		t.Errorf("%s: %q holds a brace that is neither {value} nor {n, plural, … other {…}}", e.key, e.text)
	}
}

// A text that is missing in a language would be shown in English.
func TestEveryLanguageIsWhole(t *testing.T) {
	want := english(t)
	for _, tag := range texts.Languages[1:] {
		t.Run(tag.String(), func(t *testing.T) {
			seen := map[string]bool{}
			for _, e := range catalogue(t, tag) {
				seen[e.key] = true
				original, ok := want[e.key]
				switch {
				case !ok:
					t.Errorf("%s is not in English: nothing uses it", e.key)
				case !slices.Equal(valuesOf(e.text), valuesOf(original)):
					t.Errorf("%s: %q has places for %v, English for %v", e.key, e.text, valuesOf(e.text), valuesOf(original))
				case e.text == original && isProse(original) && !strings.HasSuffix(e.key, ".command"):
					t.Errorf("%s: %q is English still", e.key, e.text)
				}
			}
			for key := range want {
				if !seen[key] {
					t.Errorf("%s is not translated", key)
				}
			}
		})
	}
}

var word = regexp.MustCompile(`[A-Za-z]{3,}`)

// isProse reports whether a text is more than names and units, which are the same in
// several languages.
func isProse(text string) bool {
	return len(word.FindAllString(placeholder.ReplaceAllString(text, ""), -1)) > 3
}
