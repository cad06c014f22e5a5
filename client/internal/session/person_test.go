package session_test

import (
	"context"
	"image"
	"strings"
	"sync"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/screen"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/display"
)

// person answers the windows as a test says. It is a window.UI.
type person struct {
	// answer is called for each question; the context ends when whoever asked
	// is gone.
	answer func(context.Context, window.Question) window.Answer
	noBar  error // of OpenBar
	// pick is called for each comparison of words.
	pick func(context.Context, window.WordsQuestion) window.Pick

	// picks is called when a file is to be picked; nil: they pick none.
	picks func(context.Context) string

	afterthought bool // the person raises an alarm while the summary stands

	mu        sync.Mutex
	questions []window.Question
	waiting   window.Stage // the page that is open, else empty
	pages     int          // opened so far
	compared  int          // comparisons of words so far
	problems  []window.Problem
	bar       *bar
	chat      *chat         // opened last
	files     *filesWindow  // opened last
	cancel    chan struct{} // closed when the person presses Cancel on a page
	summary   *window.Summary
	reading   chan struct{} // unless nil, the summary stands until it is closed
}

func newPerson(answer func(context.Context, window.Question) window.Answer) *person {
	return &person{answer: answer, cancel: make(chan struct{})}
}

// allowing allows all that is asked.
func allowing() *person {
	return newPerson(func(_ context.Context, q window.Question) window.Answer {
		return window.Answer{Scopes: q.Scopes, How: window.Allowed}
	})
}

func declining() *person {
	return newPerson(func(context.Context, window.Question) window.Answer { return window.Answer{How: window.Declined} })
}

func (p *person) AskLink(context.Context, window.LinkQuestion) (string, error) {
	return "", window.ErrClosed
}
func (p *person) AskHost(context.Context, string) (bool, error) { return false, nil }

func (p *person) AskWords(ctx context.Context, q window.WordsQuestion) (window.Pick, error) {
	p.mu.Lock()
	p.compared++
	p.mu.Unlock()
	return p.pick(ctx, q), ctx.Err()
}

func (p *person) Wait(ctx context.Context, w window.Waiting) error {
	p.mu.Lock()
	p.waiting = w.Stage
	p.pages++
	page := p.pages
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.pages == page { // else the next one is open already
			p.waiting = ""
		}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.cancel:
		return window.ErrClosed
	}
}

func (p *person) Tell(ctx context.Context, problem window.Problem) (bool, error) {
	p.mu.Lock()
	p.problems = append(p.problems, problem)
	p.mu.Unlock()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-p.cancel:
		return false, nil
	}
}

func (p *person) Ask(ctx context.Context, q window.Question) (window.Answer, error) {
	p.mu.Lock()
	p.questions = append(p.questions, q)
	p.mu.Unlock()
	answer := p.answer(ctx, q)
	return answer, ctx.Err()
}

func (p *person) OpenBar(s window.BarState) (window.Bar, error) {
	if p.noBar != nil {
		return nil, p.noBar
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar = &bar{acts: make(chan window.Act, 4), stopped: make(chan struct{}), state: s}
	return p.bar, nil
}

func (p *person) OpenChat(s window.ChatState, called bool) (window.Chat, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chat = &chat{
		called: called, state: s, written: make(chan string, 4), seen: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	return p.chat, nil
}

func (p *person) OpenFiles(s window.FilesState) (window.Files, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files = &filesWindow{state: s, stops: make(chan int, 4), opens: make(chan struct{}, 1), closed: make(chan struct{})}
	return p.files, nil
}

func (p *person) PickFile(ctx context.Context, q window.PickFile) (string, error) {
	if p.picks == nil {
		return "", nil
	}
	return p.picks(ctx), ctx.Err()
}

// theFiles is what the window of files shows now.
func (p *person) theFiles() []window.FileLine {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files == nil {
		return nil
	}
	return p.files.now()
}

func (p *person) theChat() *chat {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.chat
}

func (p *person) Summarise(ctx context.Context, s window.Summary) error {
	p.mu.Lock()
	p.summary = &s
	p.mu.Unlock()
	if p.afterthought {
		s.Report()
	}
	if p.reading != nil {
		select {
		case <-p.reading:
		case <-ctx.Done():
		}
	}
	return nil
}

// warned returns the summary, once it stands.
func (p *person) told() *window.Summary {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.summary
}

func (p *person) Raise()               {}
func (p *person) OwnWindows() []uint32 { return nil }
func (p *person) Close()               {}

// asked returns the questions so far.
func (p *person) asked() []window.Question {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]window.Question(nil), p.questions...)
}

// problem is the one that was shown last.
func (p *person) problem() window.Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.problems[len(p.problems)-1]
}

// warned reports whether the one problem that is shown says this.
func (p *person) warned(words string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.problems) == 1 && strings.Contains(p.problems[0].What, words)
}

func (p *person) page() window.Stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting
}

func (p *person) theBar() *bar {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bar
}

// bar is the person's bar.
type bar struct {
	acts    chan window.Act
	stopped chan struct{}
	once    sync.Once

	mu    sync.Mutex
	state window.BarState
}

func (b *bar) Set(s window.BarState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = s
}

func (b *bar) now() window.BarState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

func (b *bar) Acts() <-chan window.Act  { return b.acts }
func (b *bar) Stopped() <-chan struct{} { return b.stopped }
func (b *bar) Close()                   {}

// alarm is what the window does: the act, then Stop.
func (b *bar) alarm() {
	b.acts <- window.Alarm
	b.stop()
}
func (b *bar) stop() { b.once.Do(func() { close(b.stopped) }) }

// pattern is a screen.Source that shows one grey and counts who looks.
type pattern struct {
	desk *desk
	news chan struct{}
}

// desk is the machine of a test: it counts what is captured and injected, with
// the times of the last of each.
type desk struct {
	mu       sync.Mutex
	grey     uint32
	sources  []*pattern
	opened   int
	captures int
	captured time.Time
	inputs   []control.Input
	injected time.Time
	down     map[control.Code]bool
	panic    func()
	own      func(using bool)
	rings    []image.Point // that were drawn
	ring     bool          // one is on the screen
	clip     string        // what is on the clipboard
	copying  chan struct{} // unless nil, reading it waits for this
	marks    int           // how often what is older was set aside
}

func newDesk() *desk { return &desk{grey: 0x40, down: make(map[control.Code]bool)} }

func (d *desk) openScreen() (screen.Source, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := &pattern{desk: d, news: make(chan struct{}, 1)}
	p.news <- struct{}{}
	d.sources = append(d.sources, p)
	d.opened++
	return p, nil
}

// draw changes what the screen shows.
func (d *desk) draw() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.grey = (d.grey + 1) & 0xff
	for _, p := range d.sources {
		select {
		case p.news <- struct{}{}:
		default:
		}
	}
}

func (d *desk) captured_() (n int, last time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.captures, d.captured
}

func (d *desk) injected_() []control.Input {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]control.Input(nil), d.inputs...)
}

func (d *desk) lastInjected() (n int, last time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.inputs), d.injected
}

func (d *desk) anyDown() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.down) > 0
}

var area = image.Rect(0, 0, 320, 200)

func (p *pattern) Monitors() ([]screen.Monitor, error) {
	return []screen.Monitor{{Name: "main", Area: area, Primary: true}}, nil
}
func (p *pattern) Changed() <-chan struct{} { return p.news }

func (p *pattern) Damage(l *consent.Lease, d *screen.Damage) error {
	return l.Do(func() error {
		d.Rects, d.Layout = append(d.Rects[:0], area), false
		return nil
	})
}

func (p *pattern) Grab(l *consent.Lease, _ image.Rectangle, f *display.Framebuffer, rects []image.Rectangle) error {
	return l.Do(func() error {
		p.desk.mu.Lock()
		defer p.desk.mu.Unlock()
		p.desk.captures++
		p.desk.captured = time.Now()
		for _, r := range rects {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					f.Pix[y*f.W+x] = p.desk.grey
				}
			}
		}
		return nil
	})
}

func (p *pattern) Pointer(l *consent.Lease, _ *screen.Pointer) error {
	return l.Do(func() error { return nil })
}
func (p *pattern) Close() error { return nil }

// openHands returns an Injector that notes what it is told.
func (d *desk) openHands() (input.Injector, error) { return &hand{d}, nil }

type hand struct{ desk *desk }

func (h *hand) Inject(_ context.Context, l *consent.Lease, _ image.Rectangle, in control.Input) error {
	return l.Do(func() error {
		h.desk.mu.Lock()
		defer h.desk.mu.Unlock()
		h.desk.inputs = append(h.desk.inputs, in)
		h.desk.injected = time.Now()
		if k, ok := in.(control.Key); ok {
			if k.Down {
				h.desk.down[k.Code] = true
			} else {
				delete(h.desk.down, k.Code)
			}
		}
		return nil
	})
}

func (h *hand) ReleaseAll() error {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	clear(h.desk.down)
	return nil
}

func (h *hand) Tidy() bool { return h.desk.anyDown() }

func (h *hand) Close() error { return h.ReleaseAll() }

func (d *desk) watchOwnHands(on func(using bool)) (func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own = on
	return func() {}, nil
}

func (d *desk) grabPanicKey(pressed func()) (string, func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.panic = pressed
	return "Ctrl+Alt+Shift+S", func() {}, nil
}
