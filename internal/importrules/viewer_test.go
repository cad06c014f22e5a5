package importrules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A pageRule bounds what one folder of viewer/src may import from the others, and from packages.
type pageRule struct {
	folder   string
	folders  []string // other folders of viewer/src
	packages bool     // may import npm packages
	why      string
}

const frameworkFree = "sessions, picture and hands must run and be tested without a page"

// pageRules run pages → ui, session, input, record → protocol.
var pageRules = []pageRule{
	{"protocol", nil, false, "the wire's words depend on nothing"},
	{"display", []string{"protocol"}, false, frameworkFree},
	{"input", []string{"protocol"}, false, frameworkFree},
	{"evidence", []string{"protocol"}, false, frameworkFree},
	{"keys", []string{"protocol"}, true, "only who can open recordings needs age: everything else is given what it opened"},
	{"record", []string{"protocol", "display"}, false, frameworkFree},
	{"session", []string{"protocol", "display", "input", "record"}, false, frameworkFree},
	{"ui", []string{"protocol"}, true, "ui is the set of parts that pages are made of: it knows no page and no session"},
	{"requester", []string{"protocol", "session", "display", "input", "evidence", "ui"}, true,
		"the person helped is never sent the technician's pages"},
}

// imported finds the module in: import x from "m", import "m", import("m"), export … from "m".
var imported = regexp.MustCompile(`(?m)(?:\bfrom\s*|^\s*import\s*|\bimport\s*\(\s*)["']([^"']+)["']`)

func TestViewerImports(t *testing.T) {
	const root = "../../viewer/src"
	for _, r := range pageRules {
		folder := filepath.Join(root, r.folder)
		if _, err := os.Stat(folder); err != nil {
			continue // not written yet
		}
		for _, file := range sources(t, folder, ".ts", ".svelte") {
			if strings.HasSuffix(file, ".test.ts") {
				continue
			}
			if !r.packages && (strings.HasSuffix(file, ".svelte") || strings.HasSuffix(file, ".svelte.ts")) {
				t.Errorf("%s: no components in %s: %s", file, r.folder, r.why)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range imported.FindAllStringSubmatch(string(text), -1) {
				if problem := r.check(root, file, found[1]); problem != "" {
					t.Errorf("%s imports %s: %s (%s)", file, found[1], problem, r.why)
				}
			}
		}
	}
}

// check says what is wrong with one import, or nothing.
func (r pageRule) check(root, file, module string) string {
	if !strings.HasPrefix(module, ".") {
		if r.packages {
			return ""
		}
		return r.folder + " uses no packages"
	}
	inside, err := filepath.Rel(root, filepath.Join(filepath.Dir(file), module))
	if err != nil || strings.HasPrefix(inside, "..") {
		return "" // the shared catalogue of texts and golden files
	}
	folder, _, below := strings.Cut(inside, string(filepath.Separator))
	if !below || folder == r.folder || slices.Contains(r.folders, folder) {
		return ""
	}
	return r.folder + " may not know of " + folder
}

func TestViewerRulesBite(t *testing.T) {
	session := pageRules[slices.IndexFunc(pageRules, func(r pageRule) bool { return r.folder == "session" })]
	tests := map[string]struct {
		module string
		ok     bool
	}{
		"own folder":     {"./state.ts", true},
		"protocol":       {"../protocol/control.ts", true},
		"texts":          {"../../../signaling/texts/en.json", true},
		"a page":         {"../pages/Desk.svelte", false},
		"a part":         {"../ui/Button.svelte", false},
		"the framework":  {"svelte", false},
		"its submodules": {"svelte/store", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			problem := session.check("../../viewer/src", "../../viewer/src/session/session.ts", tt.module)
			if (problem == "") != tt.ok {
				t.Errorf("got problem %q, want ok %v", problem, tt.ok)
			}
		})
	}
	const code = "import { a } from \"./a.ts\";\nimport type * as b from './b.ts';\nexport * from \"./c.ts\";\n" +
		"const d = await import(\"./d.ts\");\nimport \"./e.css\";\n"
	if got := len(imported.FindAllString(code, -1)); got != 5 {
		t.Errorf("found %d imports, want 5", got)
	}
}
