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
const startWait = 15 * time.Second

// background is the colour of the bare desktop.
const background = "rgb:31/48/5c"

// seat says whose desktop it is and where.
type seat struct {
	who     account
	home    string // of the account
	logs    string // an existing folder for what programs print; the account need not reach it
	display string // such as :160; empty takes the next free one
	size    string // such as 1280x800
	resizes bool   // the screen may be given another size by RANDR
}

// desktop is a running X server with a window manager.
type desktop struct {
	seat
	state string   // folder of the account for what only this desktop needs
	env   []string // the whole environment of a program here
	group *group
}

// startDesktop starts an X server and a window manager as the seat's account.
func startDesktop(ctx context.Context, g *group, at seat) (*desktop, error) {
	state, err := os.MkdirTemp("", "beside-desktop-")
	if err != nil {
		return nil, fmt.Errorf("make the desktop's folder: %w", err)
	}
	g.atEnd(func() { os.RemoveAll(state) })
	d := &desktop{seat: at, state: state, group: g}
	if err := d.start(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *desktop) start(ctx context.Context) error {
	runtimeDir, authority := filepath.Join(d.state, "run"), filepath.Join(d.state, "Xauthority")
	for _, dir := range []string{d.state, runtimeDir} {
		if err := d.who.makeDir(dir); err != nil {
			return fmt.Errorf("make the desktop's folders: %w", err)
		}
	}
	if err := writeAuthority(authority, d.who); err != nil {
		return err
	}
	d.env = []string{
		"HOME=" + d.home, "USER=" + d.who.name, "LOGNAME=" + d.who.name, "SHELL=/bin/bash",
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
		"XAUTHORITY=" + authority, "XDG_RUNTIME_DIR=" + runtimeDir,
		// Programs that would like a message bus find none and go on, instead of starting one that outlives us.
		"DBUS_SESSION_BUS_ADDRESS=disabled:", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory",
	}
	if err := d.startServer(ctx, authority); err != nil {
		return err
	}
	d.env = append(d.env, "DISPLAY="+d.display)
	return d.startManager(ctx)
}

// startServer starts the X server, which reports its display number on a pipe once it takes connections.
func (d *desktop) startServer(ctx context.Context, authority string) error {
	if err := d.who.makeSocketFolder(); err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("pipe from the X server: %w", err)
	}
	defer read.Close()
	program, args := "Xvfb", []string{"-screen", "0", d.size + "x24"}
	if d.resizes { // Xvfb refuses every size but its first; this one also has a mouse, which is moved over a socket
		program, args = "Xtigervnc", []string{"-geometry", d.size, "-depth", "24", "-SecurityTypes", "None",
			"-rfbport", "-1", "-rfbunixpath", filepath.Join(d.home, ".mouse")}
	}
	args = append(args, "-displayfd", "3", "-auth", authority, "-nolisten", "tcp", "-noreset", "-dpi", "96")
	if d.display != "" {
		args = append([]string{d.display}, args...)
	}
	_, err = d.run(program, args, write)
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
			return fmt.Errorf("the X server did not start; see %s", d.logFile(program))
		}
		d.display = ":" + n
		return nil
	case <-time.After(startWait):
		return errors.New("the X server did not come up in time")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// startManager starts the window manager and waits until it manages: what asks to be shown while it starts it
// sometimes never shows.
func (d *desktop) startManager(ctx context.Context) error {
	mark := filepath.Join(d.state, "managing")
	ready := fmt.Sprintf("sh -c \"xsetroot -solid %s; touch '%s'\"", background, mark)
	manager, err := d.run("openbox", []string{"--startup", ready})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startWait)
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

// run starts a program as the account, in its environment and home. What it prints goes to a log file.
func (d *desktop) run(program string, args []string, files ...*os.File) (*process, error) {
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir, cmd.ExtraFiles = d.env, d.home, files
	cmd.SysProcAttr = d.who.attributes()
	log, err := os.OpenFile(d.logFile(program), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", program, err)
	}
	defer log.Close() // the program has its own copy
	cmd.Stdout, cmd.Stderr = log, log
	return d.group.start(cmd)
}

// logFile is where a program prints to. A client is logged under that name alone, since its own name is secret.
func (d *desktop) logFile(program string) string {
	name := filepath.Base(program)
	if strings.HasPrefix(name, clientPrefix) {
		name = "client"
	}
	return filepath.Join(d.logs, name+".log")
}
