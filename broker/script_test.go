package main

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"beside/signaling/slot"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"beside": main})
}

// TestScripts runs the program as its callers do: testdata/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waitfor":    waitFor,
			"fakeclient": fakeClient,
		},
	})
}

// waitFor waits until a file is there.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor FILE")
	}
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		select {
		case <-look.C:
		case <-deadline.C:
			ts.Fatalf("%s never came", args[0])
		}
	}
}

// fakeClient writes a program with an empty configuration slot.
func fakeClient(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fakeclient FILE")
	}
	ts.Check(writeFake(ts.MkAbs(args[0])))
}

func fake(t *testing.T, file string) {
	t.Helper()
	if err := writeFake(file); err != nil {
		t.Fatal(err)
	}
}

func writeFake(file string) error {
	marker := sha256.Sum256([]byte("beside configuration slot v1"))
	body := append([]byte("program"), marker[:]...)
	body = append(body, make([]byte, slot.Size-len(marker))...)
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, body, 0o644))
}
