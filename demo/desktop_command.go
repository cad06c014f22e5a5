//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// desktopCommand is what the tests start. They run their own programs on the desktop from what it prints.
type desktopCommand struct {
	Display string `help:"X display such as :160; the next free one when empty."`
	Size    string `help:"Screen size." default:"1280x800"`
	Resizes bool   `help:"Use an X server whose screen can be given another size."`
}

// place is how a test finds the desktop: the account to run as and the environment to run with.
type place struct {
	Display string            `json:"display"`
	Home    string            `json:"home"`
	User    string            `json:"user"`
	UID     uint32            `json:"uid"`
	GID     uint32            `json:"gid"`
	Env     map[string]string `json:"env"`
}

// Run keeps the desktop, with a fresh home folder, until standard input ends: it never outlives the test that asked
// for it.
func (c *desktopCommand) Run(ctx context.Context) error {
	who, err := desktopAccount()
	if err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "beside-home-")
	if err != nil {
		return fmt.Errorf("make a home folder: %w", err)
	}
	defer os.RemoveAll(home)
	if err := who.own(home); err != nil {
		return fmt.Errorf("make a home folder: %w", err)
	}
	logs, err := os.MkdirTemp("", "beside-logs-")
	if err != nil {
		return fmt.Errorf("make a folder for logs: %w", err)
	}
	defer os.RemoveAll(logs)
	g := newGroup()
	defer g.close()
	d, err := startDesktop(ctx, g, seat{who, home, logs, c.Display, c.Size, c.Resizes})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(d.place()); err != nil {
		return fmt.Errorf("print the desktop's place: %w", err)
	}
	ended := make(chan struct{})
	go func() { // ends with standard input, or with the program
		io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	return nil
}

func (d *desktop) place() place {
	env := make(map[string]string, len(d.env))
	for _, entry := range d.env {
		key, value, _ := strings.Cut(entry, "=")
		env[key] = value
	}
	return place{d.display, d.home, d.who.name, d.who.uid, d.who.gid, env}
}
