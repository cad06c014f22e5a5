package xvfb

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Trace is an X server in front of another that writes down what clients ask.
type Trace struct {
	Display string // to connect to
	file    string
}

// Trace starts xtrace in front of s.
func (s *Server) Trace(t testing.TB) *Trace {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace")
	for n := lastDisplay; n > firstDisplay; n-- {
		socket := fmt.Sprintf("/tmp/.X11-unix/X%d", n)
		if _, err := os.Stat(socket); err == nil {
			continue
		}
		name := fmt.Sprintf(":%d", n)
		cmd := exec.Command("xtrace", "-n", "-k", "-d", s.Display, "-D", name, "-o", file)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			_ = os.Remove(socket)
		})
		for range 1000 {
			if c, err := net.Dial("unix", socket); err == nil {
				_ = c.Close()
				return &Trace{Display: name, file: file}
			}
			<-time.After(5 * time.Millisecond)
		}
		t.Fatal("xtrace does not listen")
	}
	t.Fatal("no free X display for a trace")
	return nil
}

// Text is what was traced so far.
func (tr *Trace) Text(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
