package claims

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// failures are the texts that tell people of something that went wrong. What else
// begins like them is listed in notFailures.
var (
	failures = regexp.MustCompile(`^(client|end|error|notice)\.|^(desk\.unable|session\.(declined|taken|clip\.failed)|` +
		`recording\.(fault|hole)|requester\.notyet)\.|^requester\.(away|broken|expired|incomplete|revoked|unknown)$|` +
		`^session\.stage\.(lapsed|no-keys|reconnecting|signed-out|superseded|unable)$|^app\.(broken|missing|offline)$|\.(failed|wrong|unable)$`)
	// What next, and the signs of the desk, are no states of their own.
	notFailures = regexp.MustCompile(`\.next$|^client\.new-link$|^app\.copy\.failed$|^(event|desk\.news|desk\.stage|effect)\.|^recording\.hole$`)
	stateRow    = regexp.MustCompile("(?m)^\\| `([a-z.-]+)` \\| (.+?) \\| (.+?) \\| (.+?) \\| (?:`([A-Za-z0-9.-]+)`|not yet) \\|$")
)

// mayBeUntested only ever goes down.
const mayBeUntested = 0

// TestEveryStateIsListed: docs/states.md has a row for each failure that people can
// read of, with its words, what to do next, and a test that knows it.
func TestEveryStateIsListed(t *testing.T) {
	texts := catalogue(t)
	doc, err := os.ReadFile(filepath.Join(root, "docs/states.md"))
	if err != nil {
		t.Fatal(err)
	}
	sources := tests(t)
	listed, untested := make(map[string]bool), 0
	for _, r := range stateRow.FindAllStringSubmatch(string(doc), -1) {
		key, words, next, test := r[1], r[2], r[3], r[5]
		if listed[key] {
			t.Errorf("%s is listed twice", key)
		}
		listed[key] = true
		if want := strings.ReplaceAll(texts[key], "|", `\|`); words != want {
			t.Errorf("%s reads %q, want %q", key, words, want)
		}
		if named, quoted, ok := strings.Cut(strings.TrimPrefix(next, "`"), "`: "); ok && texts[named] != quoted {
			t.Errorf("%s goes on with %q, want %q", key, quoted, texts[named])
		}
		if test == "" { // nothing brings it about yet, and the document says so
			untested++
			continue
		}
		source, ok := sources[test]
		if !ok {
			t.Errorf("%s: there is no test %s", key, test)
		} else if !knows(source, key, texts[key]) {
			t.Errorf("%s: %s says nothing of it", key, test)
		}
	}
	if untested > mayBeUntested {
		t.Errorf("%d states have no test, at most %d may", untested, mayBeUntested)
	}
	for key := range texts {
		if failures.MatchString(key) && !notFailures.MatchString(key) && !listed[key] {
			t.Errorf("%s (%s) has no row", key, texts[key])
		}
	}
}

// knows tells whether a test names a state: by its text's name, by its code on the
// wire, or by words that people read.
func knows(source, key, words string) bool {
	code := strings.ReplaceAll(key[strings.LastIndex(key, ".")+1:], "-", "_")
	area := key[:strings.LastIndex(key, ".")+1]
	if strings.Contains(source, key) || strings.Contains(source, "`"+area+"${") || regexp.MustCompile(`["`+"`"+`']`+regexp.QuoteMeta(code)+`["`+"`"+`']`).MatchString(source) {
		return true
	}
	for part := range strings.FieldsFuncSeq(words, func(r rune) bool { return strings.ContainsRune("{}.,:?", r) }) {
		if part = strings.TrimSpace(part); len(part) > 20 && strings.Contains(source, part) {
			return true
		}
	}
	return false
}

func catalogue(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "signaling/texts/en.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}
