//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// How long the X server, and then the window manager, may take to come up.
const serverWait = 15 * time.Second

// background is the colour of the bare desktop.
const background = "rgb:31/48/5c"

// desktop is a running X server with a window manager, and the account whose desktop it is.
type desktop struct {
	account account
	home    string
	display string
	env     []string // the whole environment of a program on this desktop
	logs    string   // folder for what those programs print
	group   *group
}

// startDesktop starts an X server and a window manager as the account. An empty display takes the next free one.
func startDesktop(ctx context.Context, g *group, who account, home, display, size string) (*desktop, error) {
	d := &desktop{account: who, home: home, logs: filepath.Join(home, ".beside-desktop"), group: g}
	runtimeDir := filepath.Join(d.logs, "run")
	for _, dir := range []string{d.logs, runtimeDir} {
		if err := who.makeDir(dir); err != nil {
			return nil, fmt.Errorf("make the desktop's folders: %w", err)
		}
	}
	authority := filepath.Join(d.logs, "Xauthority")
	if err := writeAuthority(authority, who); err != nil {
		return nil, err
	}
	d.env = []string{
		"HOME=" + home, "USER=" + who.name, "LOGNAME=" + who.name, "SHELL=/bin/bash",
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
		"XAUTHORITY=" + authority, "XDG_RUNTIME_DIR=" + runtimeDir,
		// Programs that would like a message bus find none and go on, instead of starting one that outlives us.
		"DBUS_SESSION_BUS_ADDRESS=disabled:", "NO_AT_BRIDGE=1",
	}
	if err := d.startServer(ctx, display, size, authority); err != nil {
		return nil, err
	}
	d.env = append(d.env, "DISPLAY="+d.display)
	return d, d.startManager(ctx)
}

// startManager starts the window manager and waits until it manages: what asks to be shown while it starts it
// sometimes never shows.
func (d *desktop) startManager(ctx context.Context) error {
	mark := filepath.Join(d.logs, "managing")
	if err := os.Remove(mark); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove the window manager's old mark: %w", err)
	}
	ready := fmt.Sprintf("xsetroot -solid %s; touch '%s'", background, mark)
	manager, err := d.start("openbox", "--startup", "sh -c \""+ready+"\"")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, serverWait)
	defer cancel()
	managing := func() bool { _, err := os.Stat(mark); return err == nil || !manager.running() }
	if err := poll(ctx, managing); err != nil {
		return fmt.Errorf("wait for the window manager: %w", err)
	}
	if !manager.running() {
		return fmt.Errorf("%s; see %s", exitText(manager), d.logFile("openbox"))
	}
	return nil
}

// startServer starts Xvfb, which reports its display number on a pipe once it takes connections.
func (d *desktop) startServer(ctx context.Context, display, size, authority string) error {
	if d.account.other {
		// Only root may make this folder so that every user can trust it.
		if err := os.MkdirAll("/tmp/.X11-unix", 0o777); err != nil {
			return fmt.Errorf("make the X socket folder: %w", err)
		}
		if err := os.Chmod("/tmp/.X11-unix", 0o777|os.ModeSticky); err != nil {
			return fmt.Errorf("open the X socket folder: %w", err)
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("pipe from the X server: %w", err)
	}
	defer read.Close()
	args := []string{"-displayfd", "3", "-screen", "0", size + "x24", "-auth", authority,
		"-nolisten", "tcp", "-noreset", "-dpi", "96"}
	if display != "" {
		args = append([]string{display}, args...)
	}
	cmd, err := d.command("Xvfb", args...)
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{write}
	server, err := d.startCommand(cmd)
	write.Close()
	if err != nil {
		return err
	}
	number := make(chan string, 1)
	go func() { // ends when the server writes or ends, since it holds the pipe's only other end
		line, _ := bufio.NewReader(read).ReadString('\n')
		number <- strings.TrimSpace(line)
	}()
	select {
	case n := <-number:
		if n == "" {
			return fmt.Errorf("the X server did not start; see %s", d.logFile("Xvfb"))
		}
		d.display = ":" + n
		return nil
	case <-server.done:
		return fmt.Errorf("the X server did not start; see %s", d.logFile("Xvfb"))
	case <-time.After(serverWait):
		return errors.New("the X server did not come up in time")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// command prepares a program of this desktop: its account, environment, home, and a log file for what it prints.
func (d *desktop) command(program string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = d.env
	cmd.Dir = d.home
	cmd.SysProcAttr = d.account.attributes()
	log, err := os.OpenFile(d.logFile(filepath.Base(program)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log of %s: %w", program, err)
	}
	if err := d.account.own(log.Name()); err != nil {
		return nil, fmt.Errorf("hand over log of %s: %w", program, err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	return cmd, nil
}

func (d *desktop) logFile(program string) string { return filepath.Join(d.logs, program+".log") }

func (d *desktop) start(program string, args ...string) (*process, error) {
	cmd, err := d.command(program, args...)
	if err != nil {
		return nil, err
	}
	return d.startCommand(cmd)
}

func (d *desktop) startCommand(cmd *exec.Cmd) (*process, error) {
	if log, ok := cmd.Stdout.(*os.File); ok {
		defer log.Close() // the child has its own copy
	}
	return d.group.start(cmd)
}
