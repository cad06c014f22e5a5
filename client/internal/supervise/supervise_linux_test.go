package supervise_test

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/client/internal/supervise"
	"beside/signaling/control"
	"beside/signaling/grant"
)

// programArg makes the test binary a supervised program.
const programArg = "supervise-program"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == programArg {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(supervise.Run(ctx, slog.New(slog.DiscardHandler), program))
	}
	inputtest.Main(m)
}

// program holds keys, a button and a spare key, says so, and waits to be ended.
func program(ctx context.Context, witness input.Witness) int {
	if strings.Contains(os.Args[0], "supervised") {
		return 100
	}
	if code, err := strconv.Atoi(os.Args[2]); err == nil {
		return code
	}
	inj, err := input.Open(witness)
	if err != nil {
		return 101
	}
	gate := consent.NewGate()
	gen := gate.Allow(grant.SetOf(grant.Control))
	lease, _ := gate.Lease(grant.Control)
	for _, msg := range []control.Input{
		control.Text{Gen: gen, Text: "я"},
		control.Key{Gen: gen, Code: "ShiftLeft", Down: true},
		control.Key{Gen: gen, Code: "KeyA", Down: true},
		control.Key{Gen: gen, Code: "KeyB", Down: true},
		control.Key{Gen: gen, Code: "KeyB", Down: false},
		control.Button{Gen: gen, N: 1, Button: 2, Down: true},
	} {
		if inj.Inject(ctx, lease, image.Rect(0, 0, 100, 100), msg) != nil {
			return 102
		}
	}
	fmt.Println("holding", os.Getpid())
	<-ctx.Done()
	if inj.Close() != nil {
		return 103
	}
	return 7
}

// running is a supervised program that holds things down.
type running struct {
	cmd   *exec.Cmd // the parent
	child int       // its process id
	out   *bufio.Reader
	down  func() []int
	state func() (keys []xproto.Keysym, buttons uint16, repeats []byte)
}

func start(t *testing.T) *running {
	t.Helper()
	inputtest.Desktop(t)
	conn := inputtest.Connect(t)
	r := &running{down: func() []int { return inputtest.Down(t, conn) }}
	r.state = func() ([]xproto.Keysym, uint16, []byte) {
		keys, err := xproto.GetKeyboardMapping(conn, 8, 248).Reply()
		if err != nil {
			t.Fatal(err)
		}
		at, err := xproto.QueryPointer(conn, xproto.Setup(conn).DefaultScreen(conn).Root).Reply()
		if err != nil {
			t.Fatal(err)
		}
		board, err := xproto.GetKeyboardControl(conn).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return keys.Keysyms, at.Mask & (xproto.ButtonMask1 | xproto.ButtonMask2 | xproto.ButtonMask3), board.AutoRepeats
	}
	keys, _, repeats := r.state()
	r.cmd = exec.Command(os.Args[0], programArg, "hold")
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.out = bufio.NewReader(out)
	line, err := r.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the program holds nothing: %v, %v", err, r.cmd.Wait())
	}
	if _, err := fmt.Sscanf(line, "holding %d", &r.child); err != nil || r.child == r.cmd.Process.Pid {
		t.Fatalf("got %q from parent %d: %v", line, r.cmd.Process.Pid, err)
	}
	if got, want := r.down(), []int{38, 50}; !slices.Equal(got, want) {
		t.Fatalf("keys %v are down, want %v", got, want)
	}
	t.Cleanup(func() { // all as it was
		inputtest.Until(t, "the keyboard map of before", func() bool {
			now, _, _ := r.state()
			return slices.Equal(now, keys)
		})
		_, buttons, now := r.state()
		if buttons != 0 || !slices.Equal(now, repeats) || len(r.down()) != 0 {
			t.Errorf("afterwards: buttons %x, keys %v, repeats %x; want none, none, %x", buttons, r.down(), now, repeats)
		}
	})
	return r
}

func (r *running) wantCode(t *testing.T, want int) {
	t.Helper()
	_ = r.cmd.Wait()
	if got := r.cmd.ProcessState.ExitCode(); got != want {
		t.Errorf("exit code %d, want %d", got, want)
	}
}

func TestKilledClientLeavesNoKeyDown(t *testing.T) {
	const limit = 200 * time.Millisecond
	best := time.Hour
	for try := 0; try < 3 && best > limit; try++ { // a busy machine may be late by itself
		r := start(t)
		killed := time.Now()
		if err := syscall.Kill(r.child, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		inputtest.Until(t, "the keys to come up", func() bool { return len(r.down()) == 0 })
		best = min(best, time.Since(killed))
		r.wantCode(t, 128+9)
	}
	if t.Logf("keys came up after %v", best); best > limit {
		t.Errorf("keys came up after %v, want at most %v", best, limit)
	}
}

func TestSignalsReachTheClient(t *testing.T) {
	r := start(t)
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	r.wantCode(t, 7)
}

func TestClientEndsWithItsSupervisor(t *testing.T) {
	r := start(t)
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.out.ReadString(0); err != io.EOF { // the client had it open, too
		t.Errorf("wait for the client to end: %v", err)
	}
	_ = r.cmd.Wait()
}

func TestExitCodeIsTheClients(t *testing.T) {
	for _, want := range []int{0, 1, 42} {
		err := exec.Command(os.Args[0], programArg, strconv.Itoa(want)).Run()
		got := 0
		if exit, ok := err.(*exec.ExitError); ok {
			got = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
}
