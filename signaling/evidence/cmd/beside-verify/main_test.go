package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExitCodes runs the program on every vector.
func TestExitCodes(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Log string
		Witnesses []string
		Exit      int
		File      json.RawMessage
	}
	if err := json.Unmarshal(raw, &vectors); err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for _, v := range vectors {
		file := filepath.Join(t.TempDir(), "evidence.json")
		if err := os.WriteFile(file, v.File, 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{file}
		for _, w := range v.Witnesses {
			args = append([]string{"--witness", w}, args...)
		}
		if v.Log != "" {
			args = append([]string{"--log", v.Log}, args...)
		}
		var out, problem bytes.Buffer
		if code := run(args, nil, &out, &problem); code != v.Exit || problem.Len() != 0 || out.Len() == 0 {
			t.Errorf("%s: exit %d, want %d: %s%s", v.Name, code, v.Exit, &problem, &out)
		}
		out.Reset()
		if code := run(append([]string{"--json"}, args...), nil, &out, &problem); code != v.Exit || !json.Valid(out.Bytes()) {
			t.Errorf("%s: as JSON: exit %d, %s", v.Name, code, &out)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	for name, args := range map[string][]string{"no file": {}, "none there": {"nowhere"}, "two files": {"a", "b"}, "unknown flag": {"--no", "a"}, "not evidence": {"-"}} {
		var out, problem bytes.Buffer
		if code := run(args, strings.NewReader("hello"), &out, &problem); code != 2 || problem.Len() == 0 || out.Len() != 0 {
			t.Errorf("%s: exit %d, %s%s", name, code, &problem, &out)
		}
	}
}
