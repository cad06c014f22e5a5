//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// runCommand is `make run`.
type runCommand struct {
	Data    string `help:"Folder with the broker's database and keys." default:"data" env:"BESIDE_DATA" type:"path"`
	HTTP    string `help:"Address on which the broker serves this machine only." default:"localhost:8080" env:"BESIDE_LISTEN_HTTP"`
	Desktop bool   `help:"Show a demonstration desktop with the client on it." default:"true" negatable:"" env:"DEMO"`
	Display string `help:"X display of the demonstration, such as :160; the next free one when empty."`
	Size    string `help:"Size of the demonstration's screen." default:"1280x800"`
}

// Run starts the broker and the demonstration, and ends both with Ctrl-C.
func (c *runCommand) Run(ctx context.Context) error {
	bin, err := binFolder()
	if err != nil {
		return err
	}
	g := newGroup()
	defer g.close()
	b := &broker{program: filepath.Join(bin, "beside"), data: c.Data, http: c.HTTP}
	if err := b.start(ctx, g); err != nil {
		return err
	}
	if !c.Desktop {
		fmt.Printf("\nBeside runs at http://%s (this machine only).\n%s", c.HTTP, realMachine)
		return waitBroker(ctx, b)
	}
	d, err := c.startDesktop(ctx, g)
	if err != nil {
		return err
	}
	s := &story{broker: b, desktop: d, program: filepath.Join(bin, "demo")}
	if err := s.begin(ctx); err != nil {
		return err
	}
	fmt.Printf("\nThe demonstration desktop runs on display %s as user %s, home folder %s.\n",
		d.display, d.who.name, d.home)
	fmt.Println("Open this page in a browser on this machine: one button signs you in and shows that desktop live.")
	fmt.Printf("\n  %s\n\n", s.invitation.Open)
	fmt.Printf("Enter makes a fresh link; Ctrl-C ends everything.\n%s", realMachine)
	return c.serveKeys(ctx, s)
}

// realMachine says what the demonstration cannot show. The client trusts only the broker that it was made for.
const realMachine = `
To help a real machine, give the broker a name that others can reach and a certificate that browsers trust:
  bin/beside serve --listen-https :443 --tls-cert FILE --tls-key FILE
Browsers refuse or warn about its own certificate, and without a secure page they offer no safe keys.
Then sign in with "bin/beside signin-link EMAIL", open a ticket, press Help, and send the link.
`

// serveKeys makes a fresh link at each Enter until Ctrl-C or the end of the broker. Without a terminal it only waits.
func (c *runCommand) serveKeys(ctx context.Context, s *story) error {
	lines := make(chan struct{})
	go func() { // ends with standard input or the program
		in := bufio.NewReader(os.Stdin)
		for {
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
			select {
			case lines <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-lines:
			link, err := s.again(ctx)
			if err != nil {
				fmt.Fprintf(os.Stderr, "\nno fresh link: %v\n", err)
				continue
			}
			fmt.Printf("\n  %s\n\n", link)
		case <-s.broker.process.done:
			return s.broker.ended()
		case <-ctx.Done():
			fmt.Println("\nEnding the demonstration.")
			return nil
		}
	}
}

func waitBroker(ctx context.Context, b *broker) error {
	select {
	case <-b.process.done:
		return b.ended()
	case <-ctx.Done():
		return nil
	}
}

// startDesktop starts the desktop and the two programs that people find on it.
func (c *runCommand) startDesktop(ctx context.Context, g *group) (*desktop, error) {
	who, err := desktopAccount()
	if err != nil {
		return nil, err
	}
	home := who.home
	if !who.other {
		// Our own home stays as it is; the demonstration gets one beside the broker's data.
		home = filepath.Join(c.Data, "demo-home")
	}
	logs := filepath.Join(c.Data, "demo-logs")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for logs: %w", err)
	}
	if err := who.makeDir(home); err != nil {
		return nil, fmt.Errorf("make the demonstration's home folder: %w", err)
	}
	d, err := startDesktop(ctx, g, seat{who, home, logs, c.Display, c.Size, false})
	if err != nil {
		return nil, err
	}
	terminal := []string{"-title", "Terminal", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "84x24+40+60"}
	if _, err := d.run("xterm", terminal); err != nil {
		return nil, err
	}
	_, err = d.run("mousepad", nil)
	return d, err
}

// binFolder is where this program lies, with the broker and the client beside it.
func binFolder() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	return filepath.Dir(self), nil
}

// copyProgram copies a program to where the account may run it. An older copy may still run, so it is replaced
// by name and not written into.
func copyProgram(from, to string, owner account) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy program: %w", err)
	}
	defer in.Close()
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("replace old copy: %w", err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	if err != nil {
		return fmt.Errorf("copy program: %w", err)
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return fmt.Errorf("copy program to %s: %w", to, err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("copy program to %s: %w", to, err)
	}
	return owner.own(to)
}
