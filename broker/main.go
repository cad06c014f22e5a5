// Command beside is the broker: it serves the pages, brings requester and
// technician together, relays what it cannot read, and keeps the record.
//
// This package reads flags, environment and configuration file, builds the
// tree of parts by hand, and stops it. It holds no rules and no state.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or the configuration is wrong
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// cli is the command line.
type cli struct {
	Data   string          `help:"Folder of the database, keys and certificates." default:"data" env:"BESIDE_DATA" placeholder:"DIR"`
	Config kong.ConfigFlag `help:"JSON file of flags by their names; flags and environment win over it." env:"BESIDE_CONFIG" placeholder:"FILE"`
	JSON   bool            `name:"json" help:"Answer in JSON, also errors."`

	Serve      serveCommand      `cmd:"" help:"Run the broker."`
	Account    accountCommand    `cmd:"" help:"Accounts of technicians, auditors and administrators."`
	Technician accountCommand    `cmd:"" hidden:"" help:"The same as account."`
	SigninLink signinLinkCommand `cmd:"" name:"signin-link" help:"Make a link that signs an account in, once, within ten minutes."`
	Ticket     ticketCommand     `cmd:"" help:"Calls for help."`
	Invite     inviteCommand     `cmd:"" help:"Make a one-time link for a requester."`
	Auditors   auditorsCommand   `cmd:"" help:"Who can open recordings."`
	Policy     policyCommand     `cmd:"" help:"What requesters may be asked for."`
	Keys       keysCommand       `cmd:"" help:"Keys that sign the broker's tokens."`
	Audit      auditCommand      `cmd:"" help:"Read the audit log."`
	Witness    witnessCommand    `cmd:"" help:"Watch logs of others and cosign what is consistent (C2SP tlog-witness)."`
	Viewer     viewerCommand     `cmd:"" help:"Run the technician's page from this program, against a broker; or print and compare its hash."`
	Client     clientCommand     `cmd:"" help:"Write the client, configured for this broker, to a file."`
	OpenAPI    openAPICommand    `cmd:"" name:"openapi" help:"Print the description of the REST interface (OpenAPI 3.1)."`
	Report     reportCommand     `cmd:"" help:"What the desk did in a period, as text, CSV or JSON."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// call is what every subcommand is given.
type call struct {
	ctx    context.Context // of the process
	data   string
	json   bool
	stdout io.Writer
	stderr io.Writer
}

// exit unwinds from kong, which calls it after --help.
type exit int

// command runs one command line and returns the exit code.
func command(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(e)
		}
	}()
	var c cli
	parser, err := kong.New(&c, kong.Name("beside"), kong.Description("Remote support, side by side: the broker."),
		kong.Configuration(configFile), kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(exit(code)) }),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		panic(err) // the tags above are wrong
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return fail(stderr, slices.Contains(args, "--json"), &usageError{err}) // c may not be filled
	}
	run := &call{ctx: ctx, data: c.Data, json: c.JSON, stdout: stdout, stderr: stderr}
	if err := parsed.Run(run); err != nil {
		var v verdict
		if errors.As(err, &v) {
			return int(v) // it was said
		}
		return fail(stderr, c.JSON, err)
	}
	return exitOK
}

// verdict is the exit code of a check that was carried out and has said what it
// found.
type verdict int

func (verdict) Error() string { return "the check did not hold" }

// usageError is the caller's own mistake.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// fail tells what went wrong and returns the exit code.
func fail(stderr io.Writer, asJSON bool, err error) int {
	code, name, text := exitFailed, "failed", err.Error()
	var usage *usageError
	var p *problem.Problem
	var rule *desk.Problem
	switch {
	case errors.As(err, &usage):
		code, name = exitUsage, "usage"
	case errors.As(err, &rule):
		code, name = exitUsage, "invalid"
	case errors.As(err, &p):
		name, text = p.Code, p.Detail
	}
	if asJSON {
		json.NewEncoder(stderr).Encode(struct { //nolint:errcheck // nowhere left to say it
			Code   string `json:"code"`
			Detail string `json:"detail"`
		}{name, text})
		return code
	}
	fmt.Fprintln(stderr, "beside: "+text)
	if name == "usage" {
		fmt.Fprintln(stderr, "Try beside --help.")
	}
	return code
}

// answer prints v as JSON, or text.
func (c *call) answer(v any, format string, args ...any) error {
	if c.json {
		return json.NewEncoder(c.stdout).Encode(v)
	}
	_, err := fmt.Fprintf(c.stdout, format, args...)
	return err
}

// version is that of the commit that this program was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}

type versionCommand struct{}

// Run implements the subcommand.
func (versionCommand) Run(c *call) error {
	return c.answer(struct {
		Version string `json:"version"`
	}{version()}, "%s\n", version())
}
