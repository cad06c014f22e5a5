//go:build linux

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// How long a process may take to end by itself before it is killed.
const endGrace = 3 * time.Second

// process is one started program, the leader of its own process group.
type process struct {
	name string
	pid  int
	done chan struct{} // closed once the program ended and err is set
	err  error
}

// running reports whether the program has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// end asks the whole group to stop and, after a while, kills it.
func (p *process) end() {
	if !p.running() {
		return // its number may belong to somebody else by now
	}
	signalGroup(p.pid, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(endGrace):
		signalGroup(p.pid, syscall.SIGKILL)
		<-p.done
	}
}

func signalGroup(pid int, s syscall.Signal) {
	// ESRCH only says that the group is empty already, which is what is wanted.
	_ = syscall.Kill(-pid, s)
}

// group owns programs and ends them in the reverse order of their start.
//
// The kernel ties a child's parent-death signal to the thread that started it, so one goroutine that never leaves
// its thread starts them all. Should this program be killed, the kernel ends its children.
type group struct {
	starts chan startRequest
	loop   sync.WaitGroup

	mu      sync.Mutex
	started []*process // guarded by mu
	removes []func()   // guarded by mu
}

type startRequest struct {
	cmd   *exec.Cmd
	reply chan error
}

func newGroup() *group {
	g := &group{starts: make(chan startRequest)}
	g.loop.Go(func() {
		runtime.LockOSThread()
		for request := range g.starts {
			request.reply <- request.cmd.Start()
		}
	})
	return g
}

// start runs cmd in a process group of its own. The caller may have set credentials in cmd.SysProcAttr.
func (g *group) start(cmd *exec.Cmd) (*process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	request := startRequest{cmd, make(chan error, 1)}
	g.starts <- request
	if err := <-request.reply; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	p := &process{name: filepath.Base(cmd.Path), pid: cmd.Process.Pid, done: make(chan struct{})}
	go func() { // ends with the program; close waits for it through done
		p.err = cmd.Wait()
		signalGroup(p.pid, syscall.SIGKILL) // helpers that it left behind
		close(p.done)
	}()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.started = append(g.started, p)
	return p, nil
}

// atEnd keeps what is to be tidied once every program has ended.
func (g *group) atEnd(remove func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.removes = append(g.removes, remove)
}

// close ends everything that was started, newest first, and tidies up. Call it once, after the last start.
func (g *group) close() {
	g.mu.Lock()
	started, removes := g.started, g.removes
	g.mu.Unlock()
	for i := len(started) - 1; i >= 0; i-- {
		started[i].end()
	}
	close(g.starts)
	g.loop.Wait()
	for _, remove := range removes {
		remove()
	}
}

// exitText says how a program ended, for a person.
func exitText(p *process) string {
	if exit, ok := errors.AsType[*exec.ExitError](p.err); ok {
		return fmt.Sprintf("%s ended (%s)", p.name, exit.ProcessState)
	}
	return p.name + " ended"
}
