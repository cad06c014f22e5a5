package texts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"beside/signaling/texts"
)

func TestT(t *testing.T) {
	tests := []struct {
		name, key, want string
		args            []string
	}{
		{"plain", "window.decline", "Decline", nil},
		{"placeholder", "window.minutes", "7 min", []string{"n", "7"}},
		{"value is not searched again", "window.minutes", "{n} min", []string{"n", "{n}"}},
		{"missing value stays visible", "window.minutes", "{n} min", nil},
		{"unknown key is visible", "window.nonsense", "[[window.nonsense]]", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts.T(tt.key, tt.args...); got != tt.want {
				t.Errorf("T(%q, %q): got %q, want %q", tt.key, tt.args, got, tt.want)
			}
		})
	}
}

func TestNamed(t *testing.T) {
	if got, want := texts.Named("event", "session.peer_left", "role", "client"), "Disconnected: client"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := texts.Named("event", "made.up"); got != "made.up" {
		t.Errorf("an unknown name: got %q", got)
	}
}

var (
	keyForm     = regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)+$`)
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
)

func TestCatalogueIsFlatSortedAndTidy(t *testing.T) {
	raw, err := os.ReadFile("en.json")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
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
		checkEntry(t, key.(string), text)
		keys = append(keys, key.(string))
	}
	for i := 1; i < len(keys); i++ {
		switch {
		case keys[i-1] == keys[i]:
			t.Errorf("%s stands twice", keys[i])
		case keys[i-1] > keys[i]:
			t.Errorf("%s must stand before %s: keep the keys sorted", keys[i], keys[i-1])
		}
	}
	if len(keys) != len(texts.Keys()) {
		t.Errorf("got %d keys through Keys, want %d", len(texts.Keys()), len(keys))
	}
}

func checkEntry(t *testing.T, key, text string) {
	t.Helper()
	if !keyForm.MatchString(key) {
		t.Errorf("key %q: want the form area.name in lower case", key)
	}
	if text == "" || strings.TrimSpace(text) != text {
		t.Errorf("%s: the text %q is empty or has space around it", key, text)
	}
	if rest := placeholder.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
		t.Errorf("%s: %q holds a brace that is no {placeholder}", key, text)
	}
}

// Every texts.T in the repository names a key that exists, as a literal, and
// gives exactly the placeholders of its text.
func TestEveryUseInGoIsInTheCatalogue(t *testing.T) {
	uses := 0
	for _, file := range goFiles(t, repoRoot(t)) {
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			continue // the compiler says it better
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && isT(call) {
				uses++
				checkUse(t, fset, call)
			}
			return true
		})
	}
	if uses == 0 {
		t.Error("no use of texts.T found: the search itself is broken")
	}
}

func isT(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "T" || len(call.Args) == 0 {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "texts"
}

func checkUse(t *testing.T, fset *token.FileSet, call *ast.CallExpr) {
	t.Helper()
	at := fset.Position(call.Pos())
	key, ok := literal(call.Args[0])
	if !ok {
		t.Errorf("%s: the key of texts.T must be a string literal, so that this test can find it", at)
		return
	}
	text := texts.T(key)
	if strings.HasPrefix(text, "[[") {
		t.Errorf("%s: %q is not in en.json", at, key)
		return
	}
	want := placeholder.FindAllString(text, -1)
	slices.Sort(want)
	want = slices.Compact(want)
	var got []string
	for i := 1; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		if !ok {
			t.Errorf("%s: the placeholder names of texts.T must be string literals", at)
			return
		}
		got = append(got, "{"+name+"}")
	}
	slices.Sort(got)
	if len(call.Args)%2 == 0 || !slices.Equal(got, want) {
		t.Errorf("%s: %q takes %v with one value each, got %v", at, key, want, got)
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func repoRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = up
	}
}

// goFiles lists the Go files of the repository, this package's tests left out.
func goFiles(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a build wrote and removed something meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (name == "node_modules" || name == "testdata" || name[0] == '.') {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) == ".go" && name != "texts_test.go" {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
