package session_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"beside/client/internal/consent"
)

// Every message that the decoders of a viewer's messages know is in the scope
// table: who adds one must say what right it needs.
func TestEveryMessageIsInTheScopeTable(t *testing.T) {
	found := 0
	for file, function := range map[string]string{"codec.go": "DecodeFromViewer", "input.go": "inputOf"} {
		for _, name := range cases(t, "../../../signaling/control/"+file, function) {
			found++
			if _, known := consent.Needs(name); !known {
				t.Errorf("message %q of %s is not in the scope table", name, function)
			}
		}
	}
	if found < 12 {
		t.Errorf("found %d messages: the decoders are written in another way, and this test must follow", found)
	}
}

// cases lists the string literals in the case clauses of a function.
func cases(t *testing.T, file, function string) (names []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			return true
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			clause, ok := n.(*ast.CaseClause)
			if !ok {
				return true
			}
			for _, e := range clause.List {
				ast.Inspect(e, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if name, err := strconv.Unquote(lit.Value); err == nil {
							names = append(names, name)
						}
					}
					return true
				})
			}
			return true
		})
		return false
	})
	return names
}
