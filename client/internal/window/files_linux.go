package window

import (
	"image"
	"sync"
	"time"

	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
	"gioui.org/widget"
	"gioui.org/widget/material"

	"beside/signaling/texts"
)

// filesWindow is the window in which the person sees what moves, and stops it.
type filesWindow struct {
	ui    *ui
	frame *frame
	stops chan int
	opens chan struct{}

	mu    sync.Mutex
	state FilesState

	// The rest belongs to the frame's loop.
	*look
	open *button
	stop []*button // of each file, by its place
	list widget.List
}

const (
	filesWidth  = unit.Dp(420)
	filesHeight = unit.Dp(320)
)

// OpenFiles implements UI.
func (u *ui) OpenFiles(s FilesState) (Files, error) {
	if err := u.enter(); err != nil {
		return nil, err
	}
	defer u.calls.Done()
	w := &filesWindow{
		ui: u, stops: make(chan int, actBacklog), opens: make(chan struct{}, 1), state: s, look: newLook(),
		open: &button{text: texts.T("window.files.open")},
	}
	w.list.Axis = layout.Vertical
	w.list.ScrollToEnd = true
	w.frame = newFrame(u.desk, roleNews, texts.T("window.title.files"), filesPlace(u.desk), w)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, ErrClosed
	}
	u.boxes[w] = struct{}{}
	w.frame.start()
	return w, nil
}

// filesPlace is the lower left corner: the chat stands in the other.
func filesPlace(d *desktop) image.Rectangle { return cornerPlace(d, filesWidth, filesHeight, true) }

func (w *filesWindow) Set(s FilesState) {
	w.mu.Lock()
	w.state = s
	w.mu.Unlock()
	w.frame.change()
}

func (w *filesWindow) Stops() <-chan int       { return w.stops }
func (w *filesWindow) Opens() <-chan struct{}  { return w.opens }
func (w *filesWindow) Closed() <-chan struct{} { return w.frame.gone }

func (w *filesWindow) Close() {
	w.ui.mu.Lock()
	delete(w.ui.boxes, w)
	w.ui.mu.Unlock()
	w.frame.close()
}

func (w *filesWindow) now() FilesState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

func (w *filesWindow) shown(time.Time)      {}
func (w *filesWindow) closing() (stay bool) { return false }
func (w *filesWindow) ended()               {}

func (w *filesWindow) layout(gtx layout.Context) time.Time {
	s := w.now()
	w.update(gtx, s)
	w.cover(name(s.Technician))
	paint.FillShape(gtx.Ops, w.paper, clip.Rect{Max: gtx.Constraints.Max}.Op())
	layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(w.head(s)),
		layout.Flexed(1, func(gtx layout.Context) layout.Dimensions { return w.lines(gtx, s) }),
		layout.Rigid(w.foot(s)))
	return time.Time{}
}

// update takes what the person did.
func (w *filesWindow) update(gtx layout.Context, s FilesState) {
	for len(w.stop) < len(s.Files) {
		w.stop = append(w.stop, &button{text: texts.T("window.files.stop"), small: true})
	}
	for i := range s.Files {
		if w.stop[i].update(gtx) {
			select {
			case w.stops <- i:
			default: // nobody listens, and the person can press again
			}
		}
	}
	if w.open.update(gtx) {
		select {
		case w.opens <- struct{}{}:
		default: // a token waits already
		}
	}
	for {
		e, ok := gtx.Event(key.Filter{Name: key.NameEscape})
		if !ok {
			return
		}
		if k, is := e.(key.Event); is && k.State == key.Press {
			w.frame.leave()
		}
	}
}

func (w *filesWindow) head(s FilesState) layout.Widget {
	return w.box(w.paper, 0, layout.UniformInset(14), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.X = gtx.Constraints.Max.X
		return column(1, w.strong(texts.T("window.files.with", "technician", name(s.Technician))), w.quietly(s.of()))(gtx)
	})
}

func (w *filesWindow) lines(gtx layout.Context, s FilesState) layout.Dimensions {
	size := gtx.Constraints.Max
	th := &material.Theme{Shaper: w.shaper, Palette: material.Palette{Bg: w.paper, Fg: w.quiet}}
	bar := material.List(th, &w.list)
	bar.AnchorStrategy = material.Overlay
	bar.Layout(gtx, len(s.Files), func(gtx layout.Context, i int) layout.Dimensions {
		in := layout.Inset{Top: 4, Bottom: 6, Left: 14, Right: 14}
		return in.Layout(gtx, func(gtx layout.Context) layout.Dimensions { return w.line(gtx, s.Files[i], w.stop[i]) })
	})
	return layout.Dimensions{Size: size}
}

// line is one file: which way it goes, its name, how far it is, and Stop.
func (w *filesWindow) line(gtx layout.Context, f FileLine, stop *button) layout.Dimensions {
	said := shownName(f)
	w.cover(said)
	words := column(2,
		w.label(label{text: said, size: 15, weight: medium, colour: w.ink, lines: 1}),
		w.label(label{text: fileWords(f), size: 13, colour: w.quiet}),
		w.progress(f))
	row := []layout.FlexChild{layout.Flexed(1, words)}
	if f.State == FileMoving || f.State == FilePicking {
		row = append(row, layout.Rigid(layout.Spacer{Width: 12}.Layout),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return stop.layout(gtx, w.look) }))
	}
	return w.box(w.ground, corner, layout.UniformInset(10), func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.X = gtx.Constraints.Max.X
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
	})(gtx)
}

// progress is a bar that is as full as the file is there, while it moves.
func (w *filesWindow) progress(f FileLine) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		if f.State != FileMoving {
			return layout.Dimensions{}
		}
		size := image.Pt(gtx.Constraints.Max.X, gtx.Dp(6))
		paint.FillShape(gtx.Ops, w.look.line, clip.Rect{Max: size}.Op())
		done := size
		if f.Size > 0 {
			done.X = int(int64(size.X) * min(f.Moved, f.Size) / f.Size)
		}
		paint.FillShape(gtx.Ops, w.accent, clip.Rect{Max: done}.Op())
		return layout.Dimensions{Size: size}
	}
}

// foot is where files come to, and the button that shows it.
func (w *filesWindow) foot(s FilesState) layout.Widget {
	if s.Folder == "" {
		return func(layout.Context) layout.Dimensions { return layout.Dimensions{} }
	}
	return w.box(w.ground, 0, layout.UniformInset(14), func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
			layout.Flexed(1, w.label(label{text: texts.T("window.files.care"), size: 13, colour: w.quiet})),
			layout.Rigid(layout.Spacer{Width: 12}.Layout),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return w.open.layout(gtx, w.look) }))
	})
}
