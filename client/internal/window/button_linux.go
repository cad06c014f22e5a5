package window

import (
	"image"
	"image/color"

	"gioui.org/gesture"
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
)

// presser turns clicks and keys on an area into presses. Unlike Gio's own
// Clickable it can be deaf for a while, and a press that began while it was
// deaf never counts, whenever it ends.
type presser struct {
	click gesture.Click
	armed bool     // the pointer went down while not deaf
	held  key.Name // the key that went down while not deaf
}

// pressed reads the events since the last frame and reports whether the person
// pressed (by click, Space or Enter). With deaf set all of them are discarded.
func (p *presser) pressed(gtx layout.Context, deaf bool) (yes bool) {
	for {
		e, ok := p.click.Update(gtx.Source)
		if !ok {
			break
		}
		switch e.Kind {
		case gesture.KindPress:
			p.armed = !deaf
		case gesture.KindClick:
			yes = yes || p.armed && !deaf
			p.armed = false
		case gesture.KindCancel:
			p.armed = false
		}
	}
	for {
		e, ok := gtx.Event(key.FocusFilter{Target: p},
			key.Filter{Focus: p, Name: key.NameReturn}, key.Filter{Focus: p, Name: key.NameEnter}, key.Filter{Focus: p, Name: key.NameSpace})
		if !ok {
			break
		}
		switch e := e.(type) {
		case key.FocusEvent:
			p.held = ""
		case key.Event:
			switch {
			case e.State == key.Press && deaf:
				p.held = ""
			case e.State == key.Press:
				p.held = e.Name
			case p.held == e.Name:
				yes = yes || !deaf
				p.held = ""
			}
		}
	}
	return yes
}

// add makes the area of the given size react.
func (p *presser) add(ops *op.Ops, size image.Point) {
	defer clip.Rect{Max: size}.Push(ops).Pop()
	pointer.CursorPointer.Add(ops)
	p.click.Add(ops)
	event.Op(ops, p)
}

// style is how a button looks.
type style int

const (
	quietButton  style = iota // white with an edge
	accentButton              // the page's main way on
	stopButton                // red: Stop, and nothing else
	chosenButton              // of a row, the one that counts
)

// button is a push button.
type button struct {
	presser
	text  string
	style style
	deaf  bool   // ignores everything for now
	off   bool   // cannot be pressed and says so
	small bool   // fits into the bar
	room  string // a text for which it is wide enough, too
}

const (
	buttonHeight = unit.Dp(40)
	buttonWidth  = unit.Dp(104) // at least
	smallHeight  = unit.Dp(34)
	corner       = unit.Dp(8)
	ringWidth    = unit.Dp(2)
	ringGap      = unit.Dp(4) // from the edge of a control to the outer edge of its focus ring
)

// update reports whether the button was pressed.
func (b *button) update(gtx layout.Context) bool {
	return b.pressed(gtx, b.deaf || b.off)
}

func (b *button) layout(gtx layout.Context, l *look) layout.Dimensions {
	ground, ink := l.paper, l.ink
	hover := b.click.Hovered() && !b.off && !b.deaf
	switch {
	case b.off || b.deaf && b.style != quietButton && b.style != chosenButton:
		ground, ink = l.off, l.quiet
	case b.style == chosenButton:
		ground, ink = l.tint, l.accent
	case b.style == accentButton:
		ground, ink = l.accent, l.paper
	case b.style == stopButton:
		ground, ink = l.stop, l.paper
	case hover:
		ground = l.tint
	}
	if hover && b.style != quietButton && b.style != chosenButton {
		ground = darker(ground)
	}
	m := op.Record(gtx.Ops)
	text := gtx
	text.Constraints.Min = image.Point{}
	dims := l.label(label{text: b.text, size: 15, weight: medium, colour: ink, lines: 1})(text)
	call := m.Stop()

	room := max(dims.Size.X, b.roomFor(text, l))
	size := image.Pt(max(room+2*gtx.Dp(18), gtx.Dp(buttonWidth)), gtx.Dp(buttonHeight))
	if b.small {
		size = image.Pt(room+2*gtx.Dp(14), gtx.Dp(smallHeight))
	}
	area := image.Rectangle{Max: size}
	paint.FillShape(gtx.Ops, ground, clip.UniformRRect(area, gtx.Dp(corner)).Op(gtx.Ops))
	switch {
	case b.style == chosenButton:
		outline(gtx.Ops, area, gtx.Dp(corner), gtx.Dp(2), l.accent)
	case b.style == quietButton && !b.off:
		outline(gtx.Ops, area, gtx.Dp(corner), max(gtx.Dp(1), 1), l.edge)
	}
	at := op.Offset(size.Sub(dims.Size).Div(2)).Push(gtx.Ops)
	call.Add(gtx.Ops)
	at.Pop()
	l.ring(gtx, &b.presser, area)
	semantic.Button.Add(gtx.Ops)
	semantic.LabelOp(b.text).Add(gtx.Ops)
	if !b.off {
		b.add(gtx.Ops, size)
	}
	return layout.Dimensions{Size: size}
}

// roomFor is the width of the text for which the button has room, too.
func (b *button) roomFor(gtx layout.Context, l *look) int {
	if b.room == "" {
		return 0
	}
	gtx.Ops = new(op.Ops)
	return l.label(label{text: b.room, size: 15, weight: medium, lines: 1})(gtx).Size.X
}

// ring draws the focus ring around a control that has the keyboard.
func (l *look) ring(gtx layout.Context, p *presser, area image.Rectangle) {
	if !gtx.Focused(p) {
		return
	}
	outline(gtx.Ops, area.Inset(-gtx.Dp(ringGap)), gtx.Dp(corner+ringGap), gtx.Dp(ringWidth), l.accent)
}

func darker(c color.NRGBA) color.NRGBA {
	const n, d = 85, 100
	c.R, c.G, c.B = uint8(int(c.R)*n/d), uint8(int(c.G)*n/d), uint8(int(c.B)*n/d)
	return c
}
