package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"beside/signaling/invite"
	"beside/signaling/slot"
)

// start runs the program without a desktop and returns what it said.
func start(t *testing.T, change func(*program)) (code int, out, errs string) {
	t.Helper()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var stdout, stderr bytes.Buffer
	p := program{
		fileName: "beside-client", input: null, out: &stdout, errs: &stderr, uid: 1000, slot: configuration[:],
		getenv: func(string) string { return "" },
	}
	change(&p)
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	code = p.run(t.Context())
	return code, stdout.String(), stderr.String()
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		name      string
		change    func(*program)
		code      int
		out, errs string
	}{
		{"version", func(p *program) { p.args = []string{"--version"} }, exitOK, "development", ""},
		{"help", func(p *program) { p.args = []string{"--help"} }, exitOK, "The link that you were sent", ""},
		{"unknown flag", func(p *program) { p.args = []string{"--no-such"} }, exitRefused, "", "Use --help"},
		{"two links", func(p *program) { p.args = []string{"https://x/j/a#CANARY", "https://x/j/a#CANARY"} }, exitRefused, "", "Use --help"},
		{"root", func(p *program) { p.uid = 0 }, exitRefused, "", "without sudo"},
		{"not a link", func(p *program) { p.args = []string{"https://help.example/j/x"} }, exitFailed, "", "no invitation code"},
		{"damaged slot", func(p *program) { p.slot = make([]byte, slot.Size) }, exitFailed, "", "download the program again"},
		{"another host", func(p *program) {
			p.slot = fill(t, configuration[:])
			p.args = []string{"https://evil.example/j/abc#" + strings.Repeat("0", invite.CodeChars)}
		}, exitRefused, "", "this program is for help.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := start(t, tt.change)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
				t.Errorf("got %d, %q, %q, want %d, %q, %q", code, out, errs, tt.code, tt.out, tt.errs)
			}
			if strings.Contains(errs, "CANARY") {
				t.Errorf("standard error quotes a link: %q", errs)
			}
			if tt.errs == "" && errs != "" {
				t.Errorf("standard error: got %q", errs)
			}
		})
	}
}

func fill(t *testing.T, binary []byte) []byte {
	t.Helper()
	out, err := slot.Fill(binary, slot.Config{Broker: "https://help.example", Organisation: "Example"})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The slot of a really built program can be filled, stands in it once, and is
// what the program then obeys.
func TestSlotOfABuiltProgram(t *testing.T) {
	dir := t.TempDir()
	built := filepath.Join(dir, "beside-client")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", built, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	binary, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "filled")
	if err := os.WriteFile(program, fill(t, binary), 0o700); err != nil {
		t.Fatal(err)
	}
	link := "https://evil.example/j/abc#" + strings.Repeat("0", invite.CodeChars)
	cmd := exec.Command(program, link)
	cmd.Env = []string{"HOME=" + dir}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = nobody()
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(program, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitRefused || !strings.Contains(string(out), "this program is for help.example") {
		t.Errorf("filled program with another host's link: got %v, %s", err, out)
	}
}
