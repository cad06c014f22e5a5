package window

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"gioui.org/app"
)

// ui is the UI on X11. Each window has a loop goroutine of its own; ui only
// hands out turns and remembers what is open.
type ui struct {
	cfg       Config
	desk      *desktop
	pages     turn          // one page of the panel at a time
	questions turn          // one question at a time
	ending    chan struct{} // closed by Close
	calls     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	panel   *panel
	bars    map[*bar]struct{}
	chats   map[*chat]struct{}
	boxes   map[*filesWindow]struct{}
	startle func() // see onStartle
}

// prepareGio sets what Gio reads from the process, once: Gio tries Wayland
// first, where it could neither be on top nor tell its window, and it takes the
// window class from the program's file name, which may hold an invitation.
// Whoever must know whether the session is Wayland looks before New.
var prepareGio = sync.OnceValue(func() error {
	app.ID = "beside"
	return errors.Join(os.Unsetenv("WAYLAND_SOCKET"), os.Setenv("WAYLAND_DISPLAY", "/dev/null"))
})

// New connects to the X server named by the environment and shows nothing yet.
// The caller closes it.
func New(cfg Config) (UI, error) {
	if err := prepareGio(); err != nil {
		return nil, fmt.Errorf("choose X11 for the windows: %w", err)
	}
	if cfg.AnswerWithin == 0 {
		cfg.AnswerWithin = DefaultAnswerWithin
	}
	if cfg.AllowAfter == 0 {
		cfg.AllowAfter = DefaultAllowAfter
	}
	d, err := openDesktop()
	if err != nil {
		return nil, err
	}
	return &ui{
		cfg: cfg, desk: d, pages: newTurn(), questions: newTurn(),
		ending: make(chan struct{}), bars: make(map[*bar]struct{}), chats: make(map[*chat]struct{}),
		boxes: make(map[*filesWindow]struct{}),
	}, nil
}

// Main runs f, the whole program, where the operating system wants it, and
// returns when f returned. main calls it, on the main goroutine. On Linux
// windows may live on any thread, so that it only calls f.
func Main(f func()) { f() }

func (u *ui) OwnWindows() []uint32 { return u.desk.windows() }

// Close implements UI.
func (u *ui) Close() {
	u.mu.Lock()
	if u.closed {
		u.mu.Unlock()
		return
	}
	u.closed = true
	bars, chats, boxes := u.bars, u.chats, u.boxes
	u.bars, u.chats, u.boxes = nil, nil, nil
	u.mu.Unlock()
	close(u.ending)
	u.calls.Wait()
	u.dropPanel()
	for b := range bars {
		b.Close()
	}
	for c := range chats {
		c.Close()
	}
	for w := range boxes {
		w.Close()
	}
	u.desk.close()
}

// enter counts a call, so that Close can wait for it.
func (u *ui) enter() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return ErrClosed
	}
	u.calls.Add(1)
	return nil
}

// turn is a place for one.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the place. The caller gives it back with leave.
func (t turn) take(ctx context.Context, ending <-chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-ending:
		return ErrClosed
	}
}

func (t turn) leave() { <-t }

// show opens a frame and waits until it is on the screen, or was closed at once.
func (u *ui) show(ctx context.Context, r role, title string, dl *dialog, c content) (*frame, error) {
	f := newFrame(u.desk, r, title, dialogPlace(u.desk, dl), c)
	f.start()
	select {
	case <-f.first:
		return f, nil
	case <-f.gone:
		if err := f.failure(); err != nil {
			f.close()
			return nil, fmt.Errorf("show window %q: %w", title, err)
		}
		return f, nil
	case <-ctx.Done():
		f.close()
		return nil, ctx.Err()
	case <-u.ending:
		f.close()
		return nil, ErrClosed
	}
}
