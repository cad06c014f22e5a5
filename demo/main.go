//go:build linux

// Command demo shows the main job of Beside on one machine: a broker, a person's desktop with the client on it,
// and a link for the technician's browser.
//
// It is a separate program that acts like people do: it calls the broker's command line, copies the client into a
// Downloads folder, and answers the consent window with a mouse click from a program of its own. Neither broker
// nor client know of it. It owns every process it starts and ends them all; it never runs the desktop or the
// client as root.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Run     runCommand     `cmd:"" default:"withargs" help:"Start the broker and a demonstration desktop with the client on it."`
	Desktop desktopCommand `cmd:"" help:"Start only a desktop for the tests; print where it is as JSON; end with standard input."`
	Click   clickCommand   `cmd:"" help:"Wait for a window and click at a place in it, as a person would."`
}

func main() {
	var cli commands
	parsed := kong.Parse(&cli,
		kong.Name("demo"),
		kong.Description("Beside's main job on one machine."),
		kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.FatalIfErrorf(parsed.Run())
}
