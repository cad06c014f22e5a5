package importrules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Bounds on the tail: what is longer than wanted is only reported, what is longer than the most fails.
const (
	mostFileLines       = 500
	wantedFileLines     = 300
	mostFunctionLines   = 120
	wantedFunctionLines = 60
)

func TestFileSizes(t *testing.T) {
	for _, file := range sources(t, "../..", ".go", ".ts", ".svelte", ".css", ".sh") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		switch lines := strings.Count(string(text), "\n"); {
		case lines > mostFileLines:
			t.Errorf("%s has %d lines, most is %d: is it one idea?", file, lines, mostFileLines)
		case lines > wantedFileLines:
			t.Logf("%s has %d lines, wanted are %d", file, lines, wantedFileLines)
		}
	}
}

func TestFunctionSizes(t *testing.T) {
	for _, file := range sources(t, "../..", ".go") {
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
			switch {
			case lines > mostFunctionLines:
				t.Errorf("%s: %s has %d lines, most is %d", file, f.Name.Name, lines, mostFunctionLines)
			case lines > wantedFunctionLines && !strings.HasSuffix(file, "_test.go"):
				t.Logf("%s: %s has %d lines, wanted are %d", file, f.Name.Name, lines, wantedFunctionLines)
			}
		}
	}
}

// fileImports lists what one Go file imports.
func fileImports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var imports []string
	for _, spec := range parsed.Imports {
		unquoted, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imports = append(imports, unquoted)
	}
	return imports
}

// sources lists the files below root that people write, by their endings.
func sources(t *testing.T, root string, endings ...string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			switch entry.Name() {
			case "node_modules", ".git", ".cache", "dist", "bin", "data", "test-results":
				return filepath.SkipDir
			}
			return nil
		case strings.Contains(entry.Name(), ".gen."):
			return nil
		}
		for _, ending := range endings {
			if strings.HasSuffix(entry.Name(), ending) {
				files = append(files, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
