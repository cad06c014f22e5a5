package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

// vectorFile writes the vector of a name to a file, and returns the arguments for it.
func vectorFile(t *testing.T, name string) (args []string, file string) {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Log string
		File      json.RawMessage
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if v.Name == name {
			file = filepath.Join(t.TempDir(), "evidence.json")
			if err := os.WriteFile(file, v.File, 0o600); err != nil {
				t.Fatal(err)
			}
			return []string{"--log", v.Log}, file
		}
	}
	t.Fatalf("no vector %s", name)
	return nil, ""
}

func TestRecordingsAreReadFromTheirFolder(t *testing.T) {
	args, file := vectorFile(t, "a recording")
	dir := t.TempDir()
	chunks := filepath.Join(dir, "AAECAwQFBgcICQoLDA0ODw")
	if err := os.Mkdir(chunks, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		if err := os.WriteFile(filepath.Join(chunks, strconv.Itoa(n)), fmt.Appendf(nil, "sealed chunk %d", n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	judge := func(dir string) (int, string) {
		var out bytes.Buffer
		code := run(append(args, "--recordings", dir, file), nil, &out, &out)
		return code, out.String()
	}
	if code, out := judge(dir); code != 0 || !strings.Contains(out, "The 4 files of recording") {
		t.Errorf("whole: exit %d: %s", code, out)
	}
	if err := os.Remove(filepath.Join(chunks, "2")); err != nil {
		t.Fatal(err)
	}
	if code, out := judge(dir); code != 2 || !strings.Contains(out, "1 files of recording") {
		t.Errorf("one gone: exit %d: %s", code, out)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(chunks, "2")); err != nil {
		t.Fatal(err)
	}
	if code, out := judge(dir); code != 2 {
		t.Errorf("a way out of the folder: exit %d: %s", code, out)
	}
	if code, out := judge(filepath.Join(dir, "nowhere")); code != 2 {
		t.Errorf("no folder: exit %d: %s", code, out)
	}
}

// The program as it is built says by its exit code what scripts must know.
func TestBuiltProgram(t *testing.T) {
	program := filepath.Join(t.TempDir(), "beside-verify")
	// #nosec G204 -- the program under test
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for name, want := range map[string]int{"no witness asked for": 0, "a field changed": 1, "nothing sealed": 2} {
		args, file := vectorFile(t, name)
		// #nosec G204 -- the program under test
		err := exec.CommandContext(t.Context(), program, append(args, file)...).Run()
		var exit *exec.ExitError
		got := 0
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: exit %d, want %d", name, got, want)
		}
	}
	// #nosec G204 -- the program under test
	if err := exec.CommandContext(t.Context(), program, "nowhere").Run(); err == nil || err.Error() != "exit status 2" {
		t.Errorf("no file: %v, want exit 2", err)
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
