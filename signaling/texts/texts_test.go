package texts_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/language"

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

// inLanguage has a test's texts in another language.
func inLanguage(t *testing.T, tag language.Tag) {
	t.Helper()
	before := texts.Spoken()
	texts.Speak(tag)
	t.Cleanup(func() { texts.Speak(before) })
}

func TestWanted(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want language.Tag
	}{
		{"nothing said", nil, language.English},
		{"the C locale", map[string]string{"LANG": "C.UTF-8"}, language.English},
		{"a desktop's", map[string]string{"LANG": "pt_PT.UTF-8"}, language.Portuguese},
		{"the first that counts", map[string]string{"LC_ALL": "fr_CA.UTF-8", "LANG": "de_DE.UTF-8"}, language.French},
		{"a list", map[string]string{"LANG": "en_GB.UTF-8", "LANGUAGE": "nl:ar:en"}, language.Arabic},
		{"a list does not count without a locale", map[string]string{"LANG": "C", "LANGUAGE": "fr"}, language.English},
		{"a variant", map[string]string{"LANG": "fr_FR@euro"}, language.French},
		{"one that there is no catalogue for", map[string]string{"LANG": "ko_KR.UTF-8"}, language.English},
		{"nonsense", map[string]string{"LANG": "../../etc"}, language.English},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts.Wanted(func(name string) string { return tt.env[name] }); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestASpokenLanguage(t *testing.T) {
	inLanguage(t, language.MustParse("fr-CH"))
	if got, want := texts.T("window.decline"), "Refuser"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The messages of testdata are read by the viewer's tests too.
func TestMessages(t *testing.T) {
	raw, err := os.ReadFile("testdata/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	var tests []struct {
		Language, Message, Want string
		Values                  map[string]string
	}
	if err := json.Unmarshal(raw, &tests); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		if got := texts.Format(language.MustParse(tt.Language), tt.Message, tt.Values); got != tt.Want {
			t.Errorf("%s, %q with %v: got %q, want %q", tt.Language, tt.Message, tt.Values, got, tt.Want)
		}
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
	want := valuesOf(text)
	var got []string
	for i := 1; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		if !ok {
			t.Errorf("%s: the placeholder names of texts.T must be string literals", at)
			return
		}
		got = append(got, name)
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
		if filepath.Ext(name) == ".go" && filepath.Base(filepath.Dir(path)) != "texts" {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
