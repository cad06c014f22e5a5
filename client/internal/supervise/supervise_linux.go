package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"beside/client/internal/input"
)

const (
	// marker ends the child's argv[0]; an environment variable would be
	// inherited by whatever the child starts.
	marker = " (supervised)"
	// linkFD is the child's end of the socket: the first of exec.Cmd.ExtraFiles.
	linkFD = 3
	// noteSize is the size of one note on the socket: kind, code, held or not.
	noteSize = 3
	// lastNotes bounds the wait for the rest of a dead child's notes.
	lastNotes = 100 * time.Millisecond
)

// Run runs main in a supervised child of the same program, with the same
// arguments and standard files, and returns its exit code: 128 and the signal's
// number if one ended it. It forwards the signals that ask a program to end; the
// end of ctx is one more. If the parent goes, the child's ctx ends.
//
// A program calls it first, before it looks at os.Args[0]. Where no child can be
// started main runs unsupervised, and log says so.
func Run(ctx context.Context, log *slog.Logger, main Main) int {
	if isChild() {
		os.Args[0] = strings.TrimSuffix(os.Args[0], marker)
		return runChild(ctx, main)
	}
	c, err := startChild()
	if err != nil {
		log.Warn("keys are not supervised", "error", err)
		return main(ctx, nil)
	}
	return c.supervise(ctx, log)
}

func isChild() bool {
	if !strings.HasSuffix(os.Args[0], marker) {
		return false
	}
	var stat syscall.Stat_t
	return syscall.Fstat(linkFD, &stat) == nil && stat.Mode&syscall.S_IFMT == syscall.S_IFSOCK
}

func runChild(ctx context.Context, main Main) int {
	syscall.CloseOnExec(linkFD)
	// Non-blocking, so that Close ends the Read below. Errors show at first use.
	_ = syscall.SetNonblock(linkFD, true)
	link := os.NewFile(linkFD, "supervisor")
	ctx, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { // until the parent is gone or main has returned
		defer close(watched)
		defer cancel()
		_, _ = link.Read(make([]byte, 1))
	}()
	code := main(ctx, func(h input.Held, held bool) {
		note := [noteSize]byte{byte(h.Kind), h.Code}
		if held {
			note[2] = 1
		}
		// It fails when the parent is gone; then ctx ends, and main lets go.
		_, _ = link.Write(note[:])
	})
	link.Close()
	<-watched
	return code
}

type child struct {
	cmd  *exec.Cmd
	link *os.File
}

func startChild() (*child, error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("make the supervisor's socket: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "child"), os.NewFile(uintptr(fds[1]), "supervisor")
	defer theirs.Close()
	// #nosec G204,G702 -- ourselves, as we were called
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...) // works also when the file was renamed or deleted
	cmd.Args[0] = os.Args[0] + marker
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{theirs}
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("start the supervised child: %w", err)
	}
	return &child{cmd, ours}, nil
}

// supervise waits for the child and lets go of what it left held.
func (c *child) supervise(ctx context.Context, log *slog.Logger) int {
	defer c.link.Close()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	defer signal.Stop(signals)

	noted := make(chan []input.Held, 1)
	go func() { noted <- readNotes(c.link) }()
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()

	done := ctx.Done()
	for {
		select {
		case s := <-signals:
			_ = c.cmd.Process.Signal(s) // fails only when it has just ended
		case <-done:
			done = nil
			_ = c.cmd.Process.Signal(syscall.SIGTERM)
		case err := <-ended:
			// All that it wrote is in the socket; what it started might hold the other end.
			_ = c.link.SetReadDeadline(time.Now().Add(lastNotes))
			if held := <-noted; len(held) > 0 {
				log.Warn("client ended with keys down, letting go of them", "held", len(held))
				if err := input.LetGo(held); err != nil {
					log.Error("keys stay down", "error", err)
				}
			}
			return exitCode(err)
		}
	}
}

// readNotes returns what is held when there are no more notes, in the order in
// which it was taken.
func readNotes(link io.Reader) []input.Held {
	var held []input.Held
	var note [noteSize]byte
	for {
		if _, err := io.ReadFull(link, note[:]); err != nil {
			return held
		}
		h := input.Held{Kind: input.HeldKind(note[0]), Code: note[1]}
		held = slices.DeleteFunc(held, func(o input.Held) bool { return o == h })
		if note[2] == 1 {
			held = append(held, h)
		}
	}
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
