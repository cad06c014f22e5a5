package clipboard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/client/internal/xserver"
	"beside/signaling/control"
)

const (
	// freshWithin is how long before a fresh Take its copy may have been made, and
	// freshWait how long after.
	freshWithin = 500 * time.Millisecond
	freshWait   = 1500 * time.Millisecond
	// answerWithin is how long the program that holds the clipboard may take.
	answerWithin = 2 * time.Second
)

// errGone: the X server is.
var errGone = errors.New("the clipboard cannot be reached any more")

// board is the selection CLIPBOARD of an X server (ICCCM 2). One goroutine, run,
// owns all of it.
type board struct {
	x     *xserver.Conn
	win   xproto.Window
	atom  map[string]xproto.Atom // read only
	tasks chan func()
	done  chan struct{}

	// Owned by run.
	text    string    // that we hold
	changes int       // of the owner, so far
	mark    int       // those up to it are not read
	changed time.Time // the last one
	taken   int       // those up to it were read, or were about to be
	waiting []chan struct{}
	reading *reading // nil: nobody reads
}

var atomNames = [...]string{
	"CLIPBOARD", "TARGETS", "TIMESTAMP", "UTF8_STRING", "TEXT", "INCR", "BESIDE_CLIPBOARD",
	"text/plain;charset=utf-8", "text/plain", "x-kde-passwordManagerHint",
}

// Open returns the clipboard of the desktop that this program was started in.
func Open() (Board, error) {
	x, err := xserver.Dial(xserver.Here())
	if err != nil {
		return nil, fmt.Errorf("open the clipboard: %w", err)
	}
	b := &board{x: x, atom: map[string]xproto.Atom{}, tasks: make(chan func()), done: make(chan struct{})}
	if err := b.prepare(); err != nil {
		x.Cut()
		return nil, fmt.Errorf("open the clipboard: %w", err)
	}
	events := make(chan xgb.Event)
	go b.listen(events)
	go b.run(events)
	return b, nil
}

func (b *board) prepare() error {
	c := b.x.Conn
	for _, name := range atomNames {
		reply, err := xproto.InternAtom(c, false, uint16(len(name)), name).Reply() // #nosec G115 -- short names
		if err != nil {
			return err
		}
		b.atom[name] = reply.Atom
	}
	if err := xfixes.Init(c); err != nil {
		return err
	}
	if _, err := xfixes.QueryVersion(c, 1, 0).Reply(); err != nil {
		return err
	}
	win, err := xproto.NewWindowId(c)
	if err != nil {
		return err
	}
	screen := xproto.Setup(c).DefaultScreen(c)
	err = xproto.CreateWindowChecked(c, 0, win, screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return err
	}
	b.win = win
	return xfixes.SelectSelectionInputChecked(c, win, b.atom["CLIPBOARD"],
		xfixes.SelectionEventMaskSetSelectionOwner|xfixes.SelectionEventMaskSelectionWindowDestroy|
			xfixes.SelectionEventMaskSelectionClientClose).Check()
}

// listen brings the events of the server until the connection ends.
func (b *board) listen(events chan<- xgb.Event) {
	defer close(events)
	for {
		ev, err := b.x.WaitForEvent()
		if ev == nil && err == nil {
			return
		}
		if ev != nil {
			events <- ev
		}
	}
}

func (b *board) run(events <-chan xgb.Event) {
	defer close(b.done)
	for {
		select {
		case ev, open := <-events:
			if !open {
				return
			}
			b.on(ev)
		case f := <-b.tasks:
			f()
		}
	}
}

func (b *board) on(ev xgb.Event) {
	switch ev := ev.(type) {
	case xfixes.SelectionNotifyEvent:
		if ev.Owner == b.win {
			return // what we put there
		}
		b.changes++
		b.changed = time.Now()
		for _, w := range b.waiting {
			close(w)
		}
		b.waiting = nil
	case xproto.SelectionRequestEvent:
		b.serve(ev)
	case xproto.SelectionClearEvent:
		b.text = ""
	case xproto.SelectionNotifyEvent:
		if b.reading != nil {
			b.reading.answered(b, ev)
		}
	case xproto.PropertyNotifyEvent:
		if b.reading != nil && ev.State == xproto.PropertyNewValue && ev.Atom == b.atom["BESIDE_CLIPBOARD"] {
			b.reading.more(b)
		}
	}
}

// do runs f on the owner and waits for it.
func (b *board) do(f func()) error {
	ran := make(chan struct{})
	select {
	case b.tasks <- func() { f(); close(ran) }:
		<-ran
		return nil
	case <-b.done:
		return errGone
	}
}

// Mark implements Board.
func (b *board) Mark() { _ = b.do(func() { b.mark = b.changes }) }

// Put implements Board.
func (b *board) Put(_ context.Context, l *consent.Lease, text string) error {
	var err error
	gone := b.do(func() {
		err = l.Do(func() error {
			b.text = text
			return xproto.SetSelectionOwnerChecked(b.x.Conn, b.win, b.atom["CLIPBOARD"], xproto.TimeCurrentTime).Check()
		})
		if err != nil {
			return
		}
		owner, asked := xproto.GetSelectionOwner(b.x.Conn, b.atom["CLIPBOARD"]).Reply()
		if asked != nil || owner.Owner != b.win {
			err = errors.Join(errGone, asked)
		}
	})
	return errors.Join(gone, err)
}

// Close implements Board: with the connection goes what we hold.
func (b *board) Close() {
	b.x.Cut()
	<-b.done
}

// Take implements Board.
func (b *board) Take(ctx context.Context, l *consent.Lease, fresh bool) (string, error) {
	if err := b.await(ctx, fresh); err != nil {
		return "", err
	}
	offered, err := b.read(ctx, l, "TARGETS")
	if err != nil {
		return "", err
	}
	kinds := make(map[xproto.Atom]bool)
	for i := 0; i+4 <= len(offered); i += 4 {
		kinds[xproto.Atom(xgb.Get32(offered[i:]))] = true
	}
	// What password managers of several desktops say of what they copied.
	if kinds[b.atom["x-kde-passwordManagerHint"]] {
		hint, err := b.read(ctx, l, "x-kde-passwordManagerHint")
		if err != nil || string(hint) == "secret" {
			return "", errors.Join(ErrSecret, err)
		}
	}
	for _, kind := range []string{"UTF8_STRING", "text/plain;charset=utf-8"} {
		if !kinds[b.atom[kind]] {
			continue
		}
		raw, err := b.read(ctx, l, kind)
		if err != nil {
			return "", err
		}
		text := control.CleanClip(string(raw))
		switch {
		case text == "":
			return "", ErrNothing
		case len(text) > control.MaxClipboardBytes:
			return "", ErrTooLong
		}
		return text, nil
	}
	return "", ErrNothing
}

// await returns when something is there that may be read.
func (b *board) await(ctx context.Context, fresh bool) error {
	ctx, cancel := context.WithTimeout(ctx, freshWait)
	defer cancel()
	since := time.Now().Add(-freshWithin)
	for {
		var there bool
		next := make(chan struct{})
		err := b.do(func() {
			there = b.changes > b.mark && (!fresh || b.changes > b.taken && b.changed.After(since))
			if there {
				b.taken = b.changes // or a quick second copy would bring the first once more
			}
			if !there && fresh {
				b.waiting = append(b.waiting, next)
			}
		})
		switch {
		case err != nil:
			return err
		case there:
			return nil
		case !fresh:
			return ErrNothing
		}
		select {
		case <-next:
		case <-b.done:
			return errGone
		case <-ctx.Done():
			return ErrNothing
		}
	}
}
