package window

import (
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"

	"beside/signaling/texts"
)

// bar is the window that says who sees and who controls.
type bar struct {
	ui     *ui
	frame  *frame
	acts   chan Act
	stop   chan struct{}
	closed sync.Once

	mu      sync.Mutex
	state   BarState
	stopped bool // stop is closed

	// The rest belongs to the frame's loop.
	*look
	chat, alarm, takeBack, unrecord, also, away, pause, resume, halt *button
	rights                                                           [len(lesser)]*button // each takes one of lesser back
	unfolded                                                         bool                 // the rights are listed
	grip                                                             grip
	width                                                            int         // of the screen
	size                                                             image.Point // that was asked for last
}

const (
	barPad     = unit.Dp(10)
	barText    = unit.Dp(440) // at most
	actBacklog = 16
	openWithin = 10 * time.Second
)

// errBarGone: the X server gave no window, or took it away.
var errBarGone = errors.New("its window could not stay")

// OpenBar implements UI.
func (u *ui) OpenBar(s BarState) (Bar, error) {
	if err := u.enter(); err != nil {
		return nil, err
	}
	defer u.calls.Done()
	u.dropPanel()
	b := &bar{
		ui: u, acts: make(chan Act, actBacklog), stop: make(chan struct{}), state: s, look: newLook(),
		chat:     &button{small: true, room: chatButton(maxUnread + 1)},
		alarm:    &button{text: texts.T("window.alarm"), small: true},
		takeBack: &button{text: texts.T("window.take-back"), small: true},
		unrecord: &button{text: texts.T("window.stop-recording"), small: true},
		also:     &button{small: true, room: alsoButton(len(lesser), true)},
		away:     &button{small: true},
		pause:    &button{text: texts.T("window.pause"), small: true},
		resume:   &button{text: texts.T("window.resume"), small: true, style: accentButton},
		halt:     &button{text: texts.T("window.stop"), small: true, style: stopButton},
	}
	for i := range b.rights {
		b.rights[i] = &button{text: texts.T("window.right.take-back"), small: true}
	}
	b.grip.bar = b
	b.cover(name(s.Technician))
	area := u.desk.area()
	b.width = area.Dx()
	b.size = b.natural(u.desk.scale())
	at := image.Pt(area.Min.X+(area.Dx()-b.size.X)/2, area.Min.Y)
	b.frame = newFrame(u.desk, roleBar, texts.T("window.title.bar"), image.Rectangle{Min: at, Max: at.Add(b.size)}, b)
	b.frame.start()
	patience := time.NewTimer(openWithin)
	defer patience.Stop()
	err := fmt.Errorf("show the bar: not on the screen after %v", openWithin)
	select {
	case <-b.frame.first:
		err = u.keepBar(b)
	case <-b.frame.gone:
		err = fmt.Errorf("show the bar: %w", errors.Join(errBarGone, b.frame.failure()))
	case <-u.ending:
		err = ErrClosed
	case <-patience.C:
	}
	if err != nil {
		b.frame.close()
		return nil, err
	}
	return b, nil
}

// keepBar has Close take the bar away too.
func (u *ui) keepBar(b *bar) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return ErrClosed
	}
	u.bars[b] = struct{}{}
	return nil
}

func (b *bar) Set(s BarState) {
	b.mu.Lock()
	same := b.state == s
	b.state = s
	b.mu.Unlock()
	if !same {
		b.frame.change()
	}
}

func (b *bar) Acts() <-chan Act         { return b.acts }
func (b *bar) Stopped() <-chan struct{} { return b.stop }

func (b *bar) Close() {
	b.closed.Do(func() {
		b.ui.mu.Lock()
		delete(b.ui.bars, b)
		b.ui.mu.Unlock()
		b.frame.close()
	})
}

// halted makes Stop known, once.
func (b *bar) halted() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.stopped {
		b.stopped = true
		close(b.stop)
	}
}

func (b *bar) now() (BarState, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state, b.stopped
}

func (b *bar) shown(time.Time) {}

// closing counts as Stop; the bar stays until its owner took note. It can only
// ask to stay once: Gio also closes what it can no longer draw.
func (b *bar) closing() (stay bool) {
	_, stopped := b.now()
	b.halted()
	b.frame.change()
	return !stopped
}

// ended also counts as Stop: nobody may see while the bar cannot say so.
func (b *bar) ended() { b.halted() }

func (b *bar) layout(gtx layout.Context) time.Time {
	b.grip.update(gtx)
	s, stopped := b.now()
	b.cover(name(s.Technician) + name(s.Colleague))
	if b.halt.update(gtx) || b.halt.click.Pressed() && !stopped { // Stop does not wait for the release
		b.halted()
		s, stopped = b.now()
	}
	if b.alarm.update(gtx) && !stopped {
		b.say(Alarm)
		b.halted()
		s, stopped = b.now()
	}
	for _, p := range []struct {
		b *button
		a Act
	}{
		{b.chat, OpenChat}, {b.takeBack, TakeBack}, {b.unrecord, StopRecording}, {b.away, SendAway}, {b.pause, Pause}, {b.resume, Resume},
	} {
		if p.b.update(gtx) && !stopped {
			b.say(p.a)
		}
	}
	b.updateRights(gtx, stopped)
	clock, next := clock(s, time.Now())
	b.draw(gtx, s, stopped, clock)
	b.fit(gtx, s, stopped, clock)
	if stopped {
		return time.Time{}
	}
	return next
}

func (b *bar) say(a Act) {
	select {
	case b.acts <- a:
	default: // full: nobody listens, and the person can press again
	}
}

// natural is the size of the bar before it has a window.
func (b *bar) natural(scale float32) image.Point {
	s, stopped := b.now()
	clock, _ := clock(s, time.Now())
	return b.measure(unit.Metric{PxPerDp: scale, PxPerSp: scale}, s, stopped, clock)
}

// measure leaves out who uses the mouse just now: the bar must not change its
// size under the pointer that is on its way to Stop.
func (b *bar) measure(m unit.Metric, s BarState, stopped bool, clock string) image.Point {
	s.Own = false
	gtx := layout.Context{Ops: new(op.Ops), Metric: m, Constraints: layout.Constraints{Max: image.Pt(b.width, 1<<16)}}
	return b.content(gtx, s, stopped, clock).Size
}

// fit asks for another size when the words need it, around the same middle.
func (b *bar) fit(gtx layout.Context, s BarState, stopped bool, clock string) {
	want := b.measure(gtx.Metric, s, stopped, clock)
	if want == b.size {
		return
	}
	area := b.ui.desk.bounds()
	at, ok := b.ui.desk.place(b.frame.window())
	if !ok {
		return
	}
	b.size = want
	x := at.Min.X + (at.Dx()-want.X)/2
	r := inside(image.Rect(x, at.Min.Y, x+want.X, at.Min.Y+want.Y), area)
	b.ui.desk.hint(b.frame.window(), r, true)
	b.ui.desk.move(b.frame.window(), r)
}

// inside moves r so that it lies within area, its top left corner first.
func inside(r, area image.Rectangle) image.Rectangle {
	at := image.Pt(max(min(r.Min.X, area.Max.X-r.Dx()), area.Min.X), max(min(r.Min.Y, area.Max.Y-r.Dy()), area.Min.Y))
	return image.Rectangle{Min: at, Max: at.Add(r.Size())}
}

func (b *bar) draw(gtx layout.Context, s BarState, stopped bool, clock string) {
	size := gtx.Constraints.Max
	paint.FillShape(gtx.Ops, b.paper, clip.Rect{Max: size}.Op())
	b.grip.add(gtx.Ops, size)
	c := gtx
	c.Constraints.Min = image.Point{}
	b.content(c, s, stopped, clock)
	edge := max(gtx.Dp(1), 1)
	outline(gtx.Ops, image.Rectangle{Max: size}, 0, edge, b.edge)
	paint.FillShape(gtx.Ops, b.accent, clip.Rect{Max: image.Pt(gtx.Dp(4), size.Y)}.Op())
}

// content lays out words and buttons, and below them the rights when they are unfolded.
func (b *bar) content(gtx layout.Context, s BarState, stopped bool, clock string) layout.Dimensions {
	if !b.lists(s, stopped) {
		return b.line(gtx, s, stopped, clock)
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx,
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.line(gtx, s, stopped, clock) }),
		layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.rightRows(gtx, s.Rights) }))
}

// line lays out words and buttons, in two rows where the screen is narrow.
func (b *bar) line(gtx layout.Context, s BarState, stopped bool, clock string) layout.Dimensions {
	words := func(gtx layout.Context) layout.Dimensions { return b.words(gtx, s, stopped, clock) }
	buttons := b.offered(s, stopped)
	in := layout.Inset{Top: barPad, Bottom: barPad, Left: 18, Right: 12}
	row := []layout.FlexChild{layout.Rigid(words)}
	for i, bt := range buttons {
		gap := unit.Dp(8)
		if i == 0 {
			gap = 20
		}
		row = append(row, layout.Rigid(layout.Spacer{Width: gap}.Layout), layout.Rigid(b.button(bt)))
	}
	m := op.Record(gtx.Ops)
	one := gtx
	one.Constraints = layout.Constraints{Max: image.Pt(1<<16, gtx.Constraints.Max.Y)}
	dims := in.Layout(one, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Alignment: layout.Middle}.Layout(gtx, row...)
	})
	call := m.Stop()
	if dims.Size.X <= gtx.Constraints.Max.X || len(buttons) == 0 {
		call.Add(gtx.Ops)
		return dims
	}
	return in.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
		return layout.Flex{Axis: layout.Vertical}.Layout(gtx, layout.Rigid(words), layout.Rigid(layout.Spacer{Height: 8}.Layout),
			layout.Rigid(func(gtx layout.Context) layout.Dimensions { return layout.Flex{}.Layout(gtx, row[2:]...) }))
	})
}

func (b *bar) button(bt *button) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions { return bt.layout(gtx, b.look) }
}

// offered are the buttons that make sense now, in Tab order; Stop and the alarm
// always do.
func (b *bar) offered(s BarState, stopped bool) []*button {
	b.chat.text, b.chat.style = chatButton(s.Unread), quietButton
	if s.Unread > 0 {
		b.chat.style = accentButton
	}
	switch {
	case stopped:
		return nil
	case s.Lost:
		return []*button{b.alarm, b.halt}
	case s.Paused:
		return []*button{b.chat, b.alarm, b.resume, b.halt}
	}
	buttons := []*button{b.chat, b.alarm}
	if s.Controls {
		buttons = append(buttons, b.takeBack)
	}
	if s.Recorded {
		b.unrecord.text = texts.T("window.stop-recording")
		if s.Must {
			b.unrecord.text = texts.T("window.stop-recording.must")
		}
		buttons = append(buttons, b.unrecord)
	}
	if n := len(s.Rights.Scopes()); n > 0 {
		b.also.text = alsoButton(n, b.unfolded)
		buttons = append(buttons, b.also)
	}
	if s.Colleague != "" {
		b.away.text = texts.T("colleague.bar.away", "technician", shortName(s.Colleague))
		buttons = append(buttons, b.away)
	}
	return append(buttons, b.pause, b.halt)
}

func (b *bar) words(gtx layout.Context, s BarState, stopped bool, clock string) layout.Dimensions {
	who, hands := barWords(s, stopped)
	if !stopped && !s.Lost {
		who += " · " + clock
	}
	if !stopped && s.StopKey != "" {
		hands += " · " + texts.T("window.bar.stopkey", "key", shortName(s.StopKey))
	}
	gtx.Constraints = layout.Constraints{Max: image.Pt(gtx.Dp(barText), gtx.Constraints.Max.Y)}
	line := func(t label) layout.FlexChild { t.lines = 1; return layout.Rigid(b.label(t)) }
	first := line(label{text: who, size: 15, weight: bold, colour: b.ink})
	if s.Recorded && !stopped && !s.Lost {
		first = layout.Rigid(func(gtx layout.Context) layout.Dimensions {
			return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
				layout.Rigid(b.recordedSign), layout.Rigid(layout.Spacer{Width: 12}.Layout),
				line(label{text: who, size: 15, weight: bold, colour: b.ink}))
		})
	}
	lines := []layout.FlexChild{first, line(label{text: hands, size: 13, colour: b.quiet})}
	if s.Colleague != "" && !stopped {
		also := texts.T("colleague.bar", "technician", shortName(s.Colleague))
		lines = append(lines, line(label{text: also, size: 13, weight: bold, colour: b.ink}))
	}
	return layout.Flex{Axis: layout.Vertical}.Layout(gtx, lines...)
}

// recordedSign is a red dot and the word for it.
func (b *bar) recordedSign(gtx layout.Context) layout.Dimensions {
	dot := func(gtx layout.Context) layout.Dimensions {
		size := image.Pt(gtx.Dp(11), gtx.Dp(11))
		paint.FillShape(gtx.Ops, b.look.stop, clip.Ellipse{Max: size}.Op(gtx.Ops))
		return layout.Dimensions{Size: size}
	}
	return layout.Flex{Alignment: layout.Middle}.Layout(gtx,
		layout.Rigid(dot), layout.Rigid(layout.Spacer{Width: 6}.Layout),
		layout.Rigid(b.label(label{text: texts.T("window.bar.recorded"), size: 15, weight: bold, colour: b.look.stop, lines: 1})))
}
