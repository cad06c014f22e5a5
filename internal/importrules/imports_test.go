package importrules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// exempt may import anything.
var exempt = []string{"beside/demo/...", "beside/bench/...", "beside/internal/..."}

// goPackage is what `go list -json` says of one package, its tests left out.
type goPackage struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
	Deps       []string
}

func TestImports(t *testing.T) {
	for _, system := range []string{"linux", "windows"} {
		t.Run(system, func(t *testing.T) {
			standard, packages := list(t, system)
			for _, p := range packages {
				for _, r := range rules {
					for _, problem := range r.check(p, standard) {
						t.Error(problem)
					}
				}
			}
		})
	}
}

func TestGioOnlyInLinuxFiles(t *testing.T) {
	// Elsewhere Gio would need another toolkit's work, or would not open a window at all.
	_, packages := list(t, "linux")
	for _, p := range packages {
		for _, file := range slices.Concat(p.GoFiles, p.CgoFiles) {
			if strings.HasSuffix(file, "_linux.go") {
				continue
			}
			for _, imported := range fileImports(t, path.Join(p.Dir, file)) {
				if matches([]string{"gioui.org/..."}, imported) {
					t.Errorf("%s/%s imports %s: Gio only in _linux.go files", p.ImportPath, file, imported)
				}
			}
		}
	}
}

func TestRulesBite(t *testing.T) {
	standard := map[string]bool{"net/http": true, "fmt": true}
	tests := map[string]struct {
		rule rule
		p    goPackage
		want int
	}{
		"allowed": {rule{from: []string{"beside/a/..."}, only: []string{"beside/b"}},
			goPackage{ImportPath: "beside/a", Imports: []string{"fmt", "beside/b"}}, 0},
		"not allowed": {rule{from: []string{"beside/a/..."}, only: []string{"beside/b"}},
			goPackage{ImportPath: "beside/a/x", Imports: []string{"beside/bb"}}, 1},
		"outside within": {rule{from: []string{"beside/a"}, only: []string{}, within: ours},
			goPackage{ImportPath: "beside/a", Imports: []string{"example.org/x"}}, 0},
		"forbidden, also of the standard library": {rule{from: []string{"beside/a"}, never: http},
			goPackage{ImportPath: "beside/a", Imports: []string{"net/http"}}, 1},
		"forbidden by way of others": {rule{from: []string{"beside/a"}, never: http, deep: true},
			goPackage{ImportPath: "beside/a", Imports: []string{"fmt"}, Deps: []string{"fmt", "net/http"}}, 1},
		"excepted": {rule{from: ours, except: []string{"beside/a"}, never: http},
			goPackage{ImportPath: "beside/a", Imports: []string{"net/http"}}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.rule.check(tt.p, standard); len(got) != tt.want {
				t.Errorf("got problems %q, want %d", got, tt.want)
			}
		})
	}
}

// check names every import of p that the rule forbids.
func (r rule) check(p goPackage, standard map[string]bool) []string {
	if !matches(r.from, p.ImportPath) || matches(r.except, p.ImportPath) {
		return nil
	}
	imports := p.Imports
	if r.deep {
		imports = p.Deps
	}
	var problems []string
	for _, imported := range imports {
		if r.forbids(imported, standard) {
			problems = append(problems, fmt.Sprintf("%s imports %s: %s (rule %q)", p.ImportPath, imported, r.why, r.name))
		}
	}
	return problems
}

func (r rule) forbids(imported string, standard map[string]bool) bool {
	switch {
	case r.never != nil:
		return matches(r.never, imported)
	case r.within != nil && !matches(r.within, imported):
		return false
	default:
		return !standard[imported] && !matches(r.only, imported)
	}
}

func matches(patterns []string, importPath string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		below, all := strings.CutSuffix(pattern, "/...")
		return importPath == below || all && strings.HasPrefix(importPath, below+"/")
	})
}

// list gives the module's packages as built for a system, and which import paths are of the standard library.
func list(t *testing.T, system string) (standard map[string]bool, packages []goPackage) {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,CgoFiles,Imports,Deps", "./...")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOOS="+system)
	if system != "linux" {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	}
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &problem)
	}
	standard = map[string]bool{"C": true}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return standard, packages
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		standard[p.ImportPath] = standard[p.ImportPath] || p.Standard
		if matches(ours, p.ImportPath) && !matches(exempt, p.ImportPath) {
			packages = append(packages, p)
		}
	}
}
