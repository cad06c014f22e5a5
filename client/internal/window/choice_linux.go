package window

import (
	"image"

	"gioui.org/f32"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
)

// choice is a check box with a title and a line that explains it. The whole row
// can be clicked.
type choice struct {
	presser
	title, hint string
	ticked      bool
	deaf        bool
	round       bool // one of several of which one counts
}

const (
	boxSize   = unit.Dp(22)
	rowIndent = unit.Dp(14)
)

// update takes the person's presses.
func (c *choice) update(gtx layout.Context) {
	if c.pressed(gtx, c.deaf) {
		c.ticked = !c.ticked
	}
}

func (c *choice) layout(gtx layout.Context, l *look) layout.Dimensions {
	m := op.Record(gtx.Ops)
	pad := gtx.Dp(rowIndent)
	left := pad + gtx.Dp(boxSize) + pad
	inner := gtx
	inner.Constraints.Max.X -= left + pad
	inner.Constraints.Min = image.Pt(inner.Constraints.Max.X, 0)
	at := op.Offset(image.Pt(left, gtx.Dp(11))).Push(gtx.Ops)
	words := l.strong(c.title)
	if c.hint != "" {
		words = column(1, words, l.quietly(c.hint))
	}
	written := words(inner)
	at.Pop()
	size := image.Pt(gtx.Constraints.Max.X, written.Size.Y+2*gtx.Dp(11))
	call := m.Stop()

	area := image.Rectangle{Max: size}
	if c.click.Hovered() && !c.deaf {
		paint.FillShape(gtx.Ops, l.tint, clip.UniformRRect(area, gtx.Dp(corner)).Op(gtx.Ops))
	}
	edge := l.line
	if c.ticked {
		edge = l.accent
	}
	outline(gtx.Ops, area, gtx.Dp(corner), max(gtx.Dp(1), 1), edge)
	c.layoutBox(gtx, l, image.Pt(pad, gtx.Dp(11)))
	call.Add(gtx.Ops)
	l.ring(gtx, &c.presser, area)
	class := semantic.CheckBox
	if c.round {
		class = semantic.RadioButton
	}
	class.Add(gtx.Ops)
	semantic.SelectedOp(c.ticked).Add(gtx.Ops)
	semantic.LabelOp(c.title).Add(gtx.Ops)
	c.add(gtx.Ops, size)
	return layout.Dimensions{Size: size}
}

func (c *choice) layoutBox(gtx layout.Context, l *look, at image.Point) {
	defer op.Offset(at).Push(gtx.Ops).Pop()
	n := gtx.Dp(boxSize)
	area := image.Rect(0, 0, n, n)
	if c.round {
		c.layoutDot(gtx, l, area)
		return
	}
	if !c.ticked {
		paint.FillShape(gtx.Ops, l.paper, clip.UniformRRect(area, gtx.Dp(5)).Op(gtx.Ops))
		outline(gtx.Ops, area, gtx.Dp(5), gtx.Dp(2), l.edge)
		return
	}
	paint.FillShape(gtx.Ops, l.accent, clip.UniformRRect(area, gtx.Dp(5)).Op(gtx.Ops))
	s := float32(n)
	polyline(gtx.Ops, float32(gtx.Dp(2))*1.2, l.paper, f32.Pt(.24*s, .53*s), f32.Pt(.43*s, .71*s), f32.Pt(.77*s, .32*s))
}

func (c *choice) layoutDot(gtx layout.Context, l *look, area image.Rectangle) {
	radius := area.Dx() / 2
	if !c.ticked {
		paint.FillShape(gtx.Ops, l.paper, clip.UniformRRect(area, radius).Op(gtx.Ops))
		outline(gtx.Ops, area, radius, gtx.Dp(2), l.edge)
		return
	}
	paint.FillShape(gtx.Ops, l.accent, clip.UniformRRect(area, radius).Op(gtx.Ops))
	dot := area.Inset(area.Dx() * 34 / 100)
	paint.FillShape(gtx.Ops, l.paper, clip.UniformRRect(dot, dot.Dx()/2).Op(gtx.Ops))
}
