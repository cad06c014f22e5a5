package window

import (
	"image"

	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/unit"
	"gioui.org/widget"
	"gioui.org/widget/material"
)

// dialog lays out what all windows but the bar have in common: a body that
// scrolls when the screen is small, and a footer with buttons that never
// scrolls away.
type dialog struct {
	*look
	body    layout.Widget
	buttons []*button // right-aligned, in Tab order
	first   event.Tag // has the keyboard at first
	enter   *button   // pressed by Enter when no control has the keyboard; may be nil
	escape  *button   // pressed by Escape

	list    widget.List
	focused bool // first was given the keyboard
}

const (
	dialogWidth = unit.Dp(500)
	bodyPad     = unit.Dp(28)
	footerPad   = unit.Dp(16)
)

// deafen makes the buttons ignore everything, or listen again.
func (d *dialog) deafen(deaf bool) {
	for _, b := range d.buttons {
		b.deaf = deaf
	}
}

// pressed reads the events and returns the button that was pressed, if any.
func (d *dialog) pressed(gtx layout.Context) *button {
	if !d.focused && gtx.Enabled() {
		d.focused = true
		gtx.Execute(key.FocusCmd{Tag: d.first})
	}
	var hit *button
	for _, b := range d.buttons {
		if b.update(gtx) && hit == nil {
			hit = b
		}
	}
	for {
		e, ok := gtx.Event(key.Filter{Name: key.NameEscape}, key.Filter{Name: key.NameReturn}, key.Filter{Name: key.NameEnter})
		if !ok {
			return hit
		}
		ke, ok := e.(key.Event)
		if !ok || ke.State != key.Press || hit != nil {
			continue
		}
		b := d.enter
		if ke.Name == key.NameEscape {
			b = d.escape
		}
		if b != nil && !b.deaf && !b.off {
			hit = b
		}
	}
}

// layout draws the dialog over the whole window.
func (d *dialog) layout(gtx layout.Context) {
	paint.FillShape(gtx.Ops, d.paper, clip.Rect{Max: gtx.Constraints.Max}.Op())
	size := gtx.Constraints.Max

	// The footer comes second, so that Tab goes through the body first.
	m := op.Record(gtx.Ops)
	foot := gtx
	foot.Constraints = layout.Constraints{Min: image.Pt(size.X, 0), Max: size}
	footer := d.layoutFooter(foot)
	call := m.Stop()

	rest := gtx
	rest.Constraints = layout.Exact(image.Pt(size.X, max(size.Y-footer.Size.Y, 0)))
	area := clip.Rect{Max: rest.Constraints.Max}.Push(gtx.Ops)
	d.layoutBody(rest)
	area.Pop()

	at := op.Offset(image.Pt(0, size.Y-footer.Size.Y)).Push(gtx.Ops)
	call.Add(gtx.Ops)
	at.Pop()
}

func (d *dialog) layoutBody(gtx layout.Context) {
	d.list.Axis = layout.Vertical
	bar := material.List(&material.Theme{Shaper: d.shaper, Palette: material.Palette{Bg: d.paper, Fg: d.quiet}}, &d.list)
	bar.AnchorStrategy = material.Overlay
	bar.Layout(gtx, 1, func(gtx layout.Context, _ int) layout.Dimensions { return d.padded(gtx) })
}

func (d *dialog) padded(gtx layout.Context) layout.Dimensions {
	return layout.UniformInset(bodyPad).Layout(gtx, d.body)
}

func (d *dialog) layoutFooter(gtx layout.Context) layout.Dimensions {
	return d.box(d.ground, 0, layout.Inset{}, func(gtx layout.Context) layout.Dimensions {
		line := image.Rect(0, 0, gtx.Constraints.Max.X, max(gtx.Dp(1), 1))
		paint.FillShape(gtx.Ops, d.line, clip.Rect(line).Op())
		in := layout.Inset{Top: footerPad, Bottom: footerPad, Left: bodyPad, Right: bodyPad}
		return in.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			var row []layout.FlexChild
			for i, b := range d.buttons {
				if i > 0 {
					row = append(row, layout.Rigid(layout.Spacer{Width: 12}.Layout))
				}
				row = append(row, layout.Rigid(func(gtx layout.Context) layout.Dimensions { return b.layout(gtx, d.look) }))
			}
			return layout.Flex{Spacing: layout.SpaceStart}.Layout(gtx, row...)
		})
	})(gtx)
}

// natural is the size at which nothing scrolls, within the limit.
func (d *dialog) natural(scale float32, limit image.Point) image.Point {
	gtx := layout.Context{Ops: new(op.Ops), Metric: unit.Metric{PxPerDp: scale, PxPerSp: scale}}
	size := image.Pt(min(gtx.Dp(dialogWidth), limit.X), limit.Y)
	gtx.Constraints = layout.Constraints{Min: image.Pt(size.X, 0), Max: image.Pt(size.X, 1<<20)}
	size.Y = min(d.padded(gtx).Size.Y+d.layoutFooter(gtx).Size.Y, limit.Y)
	return size
}

// centred is a rectangle of the given size in the middle of area.
func centred(area image.Rectangle, size image.Point) image.Rectangle {
	min := area.Min.Add(area.Size().Sub(size).Div(2))
	return image.Rectangle{Min: min, Max: min.Add(size)}
}

// frameRoom is left free around a dialog for the window manager's frame.
const frameRoom = unit.Dp(48)

// dialogPlace is where a dialog stands: in the middle, as large as it needs.
func dialogPlace(d *desktop, dl *dialog) image.Rectangle {
	area, scale := d.area(), d.scale()
	room := image.Pt(0, int(float32(frameRoom)*scale))
	return centred(area, dl.natural(scale, area.Size().Sub(room)))
}

// large shows what must be read letter by letter.
func (l *look) large(s string) layout.Widget {
	return l.label(label{text: s, size: 30, weight: bold, colour: l.ink, anyCut: true})
}

// field draws a text field with its edge and focus ring.
func (l *look) field(e *widget.Editor, hint string) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		in := layout.Inset{Top: 11, Bottom: 11, Left: 12, Right: 12}
		dims := in.Layout(gtx, func(gtx layout.Context) layout.Dimensions {
			th := &material.Theme{Shaper: l.shaper, Palette: material.Palette{Bg: l.paper, Fg: l.ink, ContrastBg: l.accent, ContrastFg: l.paper}}
			ed := material.Editor(th, e, hint)
			ed.TextSize, ed.HintColor, ed.SelectionColor = 15, l.quiet, l.off
			ed.Font.Typeface = "Go"
			return ed.Layout(gtx)
		})
		area := image.Rectangle{Max: dims.Size}
		outline(gtx.Ops, area, gtx.Dp(corner), max(gtx.Dp(1), 1), l.edge)
		if gtx.Focused(e) {
			outline(gtx.Ops, area, gtx.Dp(corner), gtx.Dp(ringWidth), l.accent)
		}
		return dims
	}
}
