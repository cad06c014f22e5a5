// Command beside-client is what the requester runs: it joins one session, asks
// what may be seen and controlled, shows and obeys within that, and leaves
// nothing behind. See the package session for what happens, and consent for who
// decides.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"beside/client/internal/clipboard"
	"beside/client/internal/consent"
	"beside/client/internal/facts"
	"beside/client/internal/files"
	"beside/client/internal/input"
	"beside/client/internal/pointing"
	"beside/client/internal/screen"
	"beside/client/internal/session"
	"beside/client/internal/supervise"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/slot"
	"beside/signaling/texts"
)

// version is set by the build.
var version = "development"

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitRefused = 2 // this account, this link or this command line
)

// gcPercent is how much garbage may lie beside what is in use: two pictures of
// the screen, so that Go's own 100 would keep as much again for nothing.
const gcPercent = 25

// program is everything that main takes from the world, so that tests start the
// same value.
type program struct {
	args      []string // without the program's name
	fileName  string   // of the running file, as the person sees it
	input     *os.File
	out, errs io.Writer
	getenv    func(string) string
	slot      []byte
	uid       int
	held      input.Witness // told what the hands hold; may be nil
}

type commandLine struct {
	Link    string           `arg:"" optional:"" help:"The link that you were sent, or the code that you were told. Without it: the code in this file's name, a line on standard input, or a window that asks."`
	Verbose bool             `short:"v" help:"Write to standard error what happens."`
	Version kong.VersionFlag `help:"Show the version."`
}

func main() {
	window.Main(func() {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		os.Exit(supervise.Run(context.Background(), log, func(ctx context.Context, held input.Witness) int {
			ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
			defer stop()
			debug.SetGCPercent(gcPercent)
			return program{
				args: os.Args[1:], fileName: ownName(), input: os.Stdin, out: os.Stdout, errs: os.Stderr,
				getenv: environment(), slot: configuration[:], uid: os.Geteuid(), held: held,
			}.run(ctx)
		}))
	})
}

// ownName is the name under which this file was started.
func ownName() string {
	if path, err := os.Executable(); err == nil {
		return filepath.Base(path)
	}
	return filepath.Base(os.Args[0])
}

// run does all that the program does and returns its exit code.
func (p program) run(ctx context.Context) int {
	window.Speak(texts.Wanted(p.getenv))
	var line commandLine
	code, done := p.parse(&line)
	if done {
		return code
	}
	level := slog.LevelWarn
	if line.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(p.errs, &slog.HandlerOptions{Level: level}))
	kind, unable := detect(p.getenv) // before anything else connects to the display
	log.Debug("desktop", "kind", string(kind))
	w := &windows{}
	defer w.close()
	if p.uid == 0 {
		return p.refuse(ctx, w, window.Problem{What: texts.T("client.root"), Next: texts.T("client.root.next")})
	}
	config, err := slot.Read(p.slot)
	empty := errors.Is(err, slot.ErrEmpty)
	if err != nil && !empty {
		return p.fail(err)
	}
	to, err := finder{
		config: config, empty: empty, fileName: p.fileName, argument: line.Link, input: piped(p.input), ui: w.open,
	}.find(ctx)
	var other *otherHostError
	switch {
	case errors.As(err, &other):
		return p.refuse(ctx, w, window.Problem{
			What: texts.T("client.other-host", "host", other.host, "expected", other.expected), Next: texts.T("client.other-host.next"),
		})
	case errors.Is(err, errLeft), ctx.Err() != nil:
		return exitOK
	case err != nil:
		return p.fail(err)
	}
	return p.help(ctx, w, log, config, to, unable)
}

// help runs the session.
func (p program) help(ctx context.Context, w *windows, log *slog.Logger, config slot.Config, to target, unable *screen.NotShowableError) int {
	free, err := claim(to.secret, p.uid, w.raise)
	if errors.Is(err, errRunning) {
		if err := knock(to.secret, p.uid); err != nil {
			log.Warn("windows of the first start not raised", "error", err)
			fmt.Fprintln(p.errs, texts.T("client.already"))
		}
		return exitOK
	}
	if err != nil {
		log.Warn("cannot tell whether beside runs already", "error", err)
	}
	defer free()
	trust, err := trusted(config.Authority)
	if err != nil {
		return p.fail(err)
	}
	ui, err := w.open()
	if err != nil && unable == nil {
		return p.fail(err)
	}
	if unable != nil { // said here too: there may be no window, or nobody may see it
		fmt.Fprintln(p.errs, "beside:", unable.Text)
		log.Info("not showable", "detail", unable.Detail)
	}
	lock := screen.OpenLock(ctx)
	defer lock.Close()
	err = session.Run(ctx, session.Config{
		Broker: to.broker, TLS: trust, Secret: to.secret, Key: to.key, Spoken: to.spoken, Organisation: to.organisation, AuditorsKey: config.AuditorsKey,
		Version: version, System: systemOf(), UI: ui, Log: log,
		Devices: session.Devices{
			Unable:      unable,
			Screen:      func() (screen.Source, error) { return openScreen(p.getenv) },
			Hands:       func() (input.Injector, error) { return input.Open(p.held) },
			PanicKey:    grabPanicKey,
			OwnHands:    watchOwnHands,
			Pen:         pointing.Open,
			Clipboard:   clipboard.Open,
			Locked:      lock.Locked,
			Browse:      openBrowser,
			FilesFolder: func() (string, error) { return files.Place(p.getenv) },
			Facts: func(ctx context.Context, l *consent.Lease) (control.Facts, error) {
				return facts.Read(ctx, l, facts.Sources{Broker: to.broker.Host, System: systemVersion(), Displays: p.displays})
			},
		},
	})
	switch {
	case errors.Is(err, session.ErrUnable): // said before
		return exitFailed
	case errors.Is(err, session.ErrRefused):
		fmt.Fprintln(p.errs, "beside:", err)
		return exitRefused
	case err != nil:
		return p.fail(err)
	}
	return exitOK
}

// displays lists the monitors, through a connection of its own that shows nothing.
func (p program) displays() (all []control.Display, err error) {
	source, err := openScreen(p.getenv)
	if err != nil {
		return nil, err
	}
	monitors, err := source.Monitors()
	for _, m := range monitors {
		all = append(all, control.Display{Name: m.Name, Width: m.Area.Dx(), Height: m.Area.Dy()})
	}
	return all, errors.Join(err, source.Close())
}

// parse reads the command line. done says that all is said already.
func (p program) parse(line *commandLine) (code int, done bool) {
	parser, err := kong.New(line,
		kong.Name("beside-client"), kong.Description("Let a technician see, and if you wish control, this computer."),
		kong.Vars{"version": version}, kong.Writers(p.out, p.errs),
		kong.Exit(func(c int) { code, done = c, true }))
	if err != nil {
		return p.fail(err), true
	}
	if _, err = parser.Parse(p.args); done {
		return code, true
	}
	if err != nil { // its text may quote a link, which is a secret
		fmt.Fprintln(p.errs, "beside: this command line is not understood. Use --help to see what it takes.")
		return exitRefused, true
	}
	return 0, false
}

func (p program) fail(err error) int {
	fmt.Fprintln(p.errs, "beside:", err)
	return exitFailed
}

// refuse says why this program does not start: on standard error, and in a
// window where there can be one.
func (p program) refuse(ctx context.Context, w *windows, why window.Problem) int {
	fmt.Fprintf(p.errs, "beside: %s %s\n", why.What, why.Next)
	if ui, err := w.open(); err == nil {
		_, _ = ui.Tell(ctx, why) // it was said already
	}
	return exitRefused
}

// trusted is whom to believe that it is the broker: the configuration's one
// authority, else those of the system.
func trusted(authority string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if authority == "" {
		return c, nil
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM([]byte(authority)) {
		return nil, errors.New("configuration slot holds no readable authority: download the program again")
	}
	return c, nil
}

func systemOf() session.System {
	return session.System{OS: runtime.GOOS, Arch: runtime.GOARCH, Version: systemVersion()}
}

func grabPanicKey(pressed func()) (name string, release func(), err error) {
	key, err := input.GrabPanicKey(pressed)
	if err != nil {
		return "", nil, err
	}
	return key.Name(), key.Close, nil
}

func watchOwnHands(on func(using bool)) (release func(), err error) {
	own, err := input.WatchOwnHands(on)
	if err != nil {
		return nil, err
	}
	return own.Close, nil
}

// environment answers as it was at the start: the windows change it for
// themselves, and the desktop must not look like another one afterwards.
func environment() (getenv func(string) string) {
	at := make(map[string]string)
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		at[name] = value
	}
	return func(name string) string { return at[name] }
}
