package window

import (
	"errors"
	"image"
	"sync"
	"time"
	"unsafe"

	"gioui.org/app"
	"gioui.org/io/system"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/unit"

	"github.com/jezek/xgb/xproto"
)

// content is what a frame shows. Its methods run on the frame's loop only.
type content interface {
	// layout draws and returns when it wants to be drawn again without cause;
	// the zero time means never.
	layout(gtx layout.Context) (next time.Time)
	// shown is called once, when the first picture is on the screen.
	shown(now time.Time)
	// closing is called when the person closes the window. It reports whether
	// the window stays.
	closing() (stay bool)
	// ended is called when the window is gone, for whatever cause.
	ended()
}

// frame is one Gio window. Its loop goroutine owns the window and the content;
// a second goroutine, the waker, makes sure that a change is drawn: Gio drops a
// call of Invalidate that comes while it is drawing.
type frame struct {
	desk    *desktop
	win     *app.Window
	role    role
	at      image.Rectangle // where it is to stand at first
	content content

	// Owned by the loop.
	display unsafe.Pointer // Gio's connection
	visible bool           // first is closed

	first chan struct{} // closed when the first picture is on the screen
	gone  chan struct{} // closed when the window is gone
	kick  chan struct{} // wakes the waker; one token is enough
	wg    sync.WaitGroup

	mu      sync.Mutex
	id      xproto.Window
	want    uint64    // number of changes asked to be drawn
	drawn   uint64    // number of changes drawn
	wake    time.Time // when to draw without a change
	leaving bool      // close was called
	err     error     // why there could be no window
}

// errNoPicture: Gio needs EGL with OpenGL ES, in software at least.
var errNoPicture = errors.New("nothing can be drawn on this desktop: install the OpenGL libraries (EGL, Mesa)")

// redrawRetry is how soon a dropped Invalidate is repeated.
const redrawRetry = 15 * time.Millisecond

// newFrame makes a frame for c in a window of the given place. start shows it.
func newFrame(d *desktop, r role, title string, at image.Rectangle, c content) *frame {
	f := &frame{
		desk: d, win: new(app.Window), role: r, at: at, content: c,
		first: make(chan struct{}), gone: make(chan struct{}), kick: make(chan struct{}, 1),
	}
	f.win.Option(app.Title(title), app.Decorated(r != roleBar), pixels(at.Size()))
	return f
}

// start opens the window and returns at once. The content belongs to the loop
// from here on. close ends what it starts.
func (f *frame) start() {
	f.wg.Go(f.loop)
	f.wg.Go(f.waker)
}

// pixels is app.Size without rounding through dp.
func pixels(size image.Point) app.Option {
	return func(m unit.Metric, c *app.Config) {
		app.Size(1, 1)(m, c) // sets the mode
		c.Size = size
	}
}

// loop owns the window from its making to its end.
func (f *frame) loop() {
	defer close(f.gone)
	defer f.content.ended()
	var ops op.Ops
	var closing bool
	for {
		switch e := f.win.Event().(type) {
		case app.X11ViewEvent:
			f.display = e.Display
			f.onView(xproto.Window(e.Window), e.Valid())
			if !e.Valid() {
				return // the window is gone; to ask for its last event would open another
			}
		case app.ConfigEvent:
			if c, ok := f.content.(interface{ focused(yes bool) }); ok {
				c.focused(e.Config.Focused)
			}
		case app.FrameEvent:
			f.onFrame(&ops, e)
		case *app.ClosingEvent:
			if f.onClosing() {
				e.Abort()
			}
		case app.DestroyEvent: // instead of a window
			f.fail(e.Err)
			return
		}
		if f.isLeaving() && !closing {
			closing = true
			f.win.Perform(system.ActionClose)
		}
	}
}

func (f *frame) onView(id xproto.Window, valid bool) {
	f.mu.Lock()
	old := f.id
	if f.id = 0; valid {
		f.id = id
	}
	f.mu.Unlock()
	if old != 0 {
		f.desk.remove(old)
		if bar := f.desk.keep.forget(old); bar != 0 {
			f.desk.raise(bar)
		}
	}
	if valid {
		f.desk.add(id)
		f.desk.prepare(id, f.role, f.at, f.role == roleBar)
	}
}

func (f *frame) onFrame(ops *op.Ops, e app.FrameEvent) {
	f.mu.Lock()
	want := f.want
	f.mu.Unlock()
	gtx := app.NewContext(ops, e)
	gtx.Locale = locale()
	next := f.content.layout(gtx)
	e.Frame(gtx.Ops)
	f.mu.Lock()
	f.drawn, f.wake = want, next
	f.mu.Unlock()
	f.poke()
	if f.visible || f.failure() != nil {
		return
	}
	if gaveUp(f.display) {
		f.fail(errNoPicture)
		return
	}
	f.visible = true
	f.desk.present(f.window(), f.role)
	f.content.shown(time.Now())
	close(f.first)
	f.change() // what waited for being shown
}

// onClosing reports whether the window is to stay.
func (f *frame) onClosing() (stay bool) {
	return !f.isLeaving() && f.failure() == nil && f.content.closing()
}

func (f *frame) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// change has the content drawn anew. Any goroutine may call it.
func (f *frame) change() {
	f.mu.Lock()
	f.want++
	f.mu.Unlock()
	f.poke()
}

// leave has the window closed, and does not wait for it.
func (f *frame) leave() {
	f.mu.Lock()
	f.leaving = true
	f.mu.Unlock()
	f.poke()
}

// close takes the window away and waits until it is gone. Not on the loop.
func (f *frame) close() {
	f.leave()
	f.wg.Wait()
	giveBack()
}

func (f *frame) isLeaving() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.leaving
}

// window is the X11 id, 0 when there is none.
func (f *frame) window() xproto.Window {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.id
}

// failure is why there could be no window; nil for one that was closed.
func (f *frame) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *frame) poke() {
	select {
	case f.kick <- struct{}{}:
	default: // a token waits already
	}
}

// waker calls Invalidate for changes and at the times the content asked for,
// again and again until they are drawn. It rests when nothing is due.
func (f *frame) waker() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		due, at := f.pending(time.Now())
		switch {
		case due:
			f.win.Invalidate()
			timer.Reset(redrawRetry)
		case !at.IsZero():
			timer.Reset(time.Until(at))
		default:
			timer.Stop()
		}
		select {
		case <-f.gone:
			return
		case <-f.kick:
		case <-timer.C:
		}
	}
}

// pending says whether something is to be drawn now, else when.
func (f *frame) pending(now time.Time) (due bool, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	late := !f.wake.IsZero() && !now.Before(f.wake)
	return f.leaving || f.want != f.drawn || late, f.wake
}
