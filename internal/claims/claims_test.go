// Package claims holds the documents to their word: what they name as proof exists. It
// has tests only.
package claims

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

var (
	declared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	goTest   = regexp.MustCompile(`^(Test|Fuzz)[A-Z]\w*$`)
	spec     = regexp.MustCompile(`^[a-z-]+\.(e2e|long)\.ts$`)
	path     = regexp.MustCompile(`^(broker|client|signaling|viewer|internal|certs|demo|docs|bench)/[\w./-]+$`)
)

// TestDocumentsKeepTheirWord: every test that a document names exists, and every file
// that those do which say by what something is defended.
func TestDocumentsKeepTheirWord(t *testing.T) {
	tests := tests(t)
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(documents) < 5 {
		t.Fatalf("documents: %v, %v", documents, err)
	}
	for _, file := range documents {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range quoted.FindAllStringSubmatch(string(text), -1) {
			if problem := check(q[1], tests, name == "security.md" || name == "asvs.md" || name == "viewer.md"); problem != "" {
				t.Errorf("docs/%s: %s %s", name, q[1], problem)
			}
		}
	}
}

// check says what is wrong with one quotation, or nothing.
func check(quotation string, tests map[string]string, paths bool) string {
	switch {
	case goTest.MatchString(quotation) && tests[quotation] == "":
		return "is no test"
	case spec.MatchString(quotation):
		if _, err := os.Stat(filepath.Join(root, "viewer/tests", quotation)); err != nil {
			return "is no spec of viewer/tests"
		}
	case paths && path.MatchString(quotation):
		if _, err := os.Stat(filepath.Join(root, quotation)); err != nil {
			return "is no file"
		}
	}
	return ""
}

// tests are the files of the module's tests and fuzz targets by the names of those in
// them, and of the browser's tests by their own names.
func tests(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".cache" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		browser := strings.HasSuffix(file, ".e2e.ts") || strings.HasSuffix(file, ".test.ts")
		if err != nil || !browser && !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if browser {
			found[d.Name()] += string(text)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] += string(text)
		}
		return err
	})
	if err != nil || len(found) < 100 {
		t.Fatalf("%d tests were found, %v", len(found), err)
	}
	return found
}

var (
	heading = regexp.MustCompile(`(?m)^\*\*(A|Accounts)[^*]*\*\*`)
	row     = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
)

// TestEveryAttackIsTested: each row of the tables of attacks names a defence, a test,
// and what was taken out.
func TestEveryAttackIsTested(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, attacks, found := strings.Cut(string(text), "## Attacks")
	if !found || len(heading.FindAllString(attacks, -1)) < 5 {
		t.Fatal("docs/security.md has no tables of attacks")
	}
	rows := 0
	for _, r := range row.FindAllStringSubmatch(attacks, -1) {
		if r[1] == "attack" || strings.HasPrefix(r[1], "---") {
			continue
		}
		rows++
		if !strings.Contains(r[2], "`") {
			t.Errorf("%s: no file is named that defends", r[1])
		}
		named := false
		for _, q := range quoted.FindAllStringSubmatch(r[3], -1) {
			named = named || goTest.MatchString(q[1]) || spec.MatchString(q[1])
		}
		if !named {
			t.Errorf("%s: no test is named", r[1])
		}
	}
	if rows < 40 {
		t.Errorf("%d attacks, want all", rows)
	}
}

func TestChecksBite(t *testing.T) {
	tests := map[string]string{"TestThere": "package there"}
	for quotation, ok := range map[string]bool{
		"TestThere": true, "TestGone": false, "story.e2e.ts": true, "gone.e2e.ts": false, "broker/main.go": true, "broker/gone.go": false,
		"make test": true, "Test": true,
	} {
		if problem := check(quotation, tests, true); (problem == "") != ok {
			t.Errorf("%s: %q", quotation, problem)
		}
	}
}
