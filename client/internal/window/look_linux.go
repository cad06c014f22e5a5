package window

import (
	"image"
	"image/color"
	"sync"

	"gioui.org/f32"
	"gioui.org/font"
	"gioui.org/font/opentype"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/text"
	"gioui.org/unit"
	"gioui.org/widget"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
)

// palette holds the colours: dark on light, one accent, red for Stop alone. All
// pairs of text and ground reach WCAG AA (4.5:1), controls' edges 3:1.
type palette struct {
	paper, ground, ink, quiet, line, edge, accent, tint, stop, off color.NRGBA
}

func colours() palette {
	return palette{
		paper:  rgb(0xffffff), // windows
		ground: rgb(0xf3f6f9), // footers and notes
		ink:    rgb(0x18212b), // text, 16:1 on paper
		quiet:  rgb(0x4d5a68), // second text, 7:1 on paper, 6.4:1 on ground
		line:   rgb(0xdde3e9), // separates, carries no meaning
		edge:   rgb(0x76828f), // outlines of controls, 3.9:1
		accent: rgb(0x1a5a9e), // 6.9:1 under white text
		tint:   rgb(0xe8f0f9), // a control under the pointer
		stop:   rgb(0xb3261e), // 6.5:1 under white text
		off:    rgb(0xd5dbe2), // a button that rests
	}
}

func rgb(c uint32) color.NRGBA {
	return color.NRGBA{A: 0xff, R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c)}
}

// look draws text and shapes for one window. It belongs to that window's loop.
type look struct {
	palette
	shaper *text.Shaper
	system bool // the shaper knows the fonts of the system
}

const (
	regular = font.Normal
	medium  = font.Medium
	bold    = font.Bold
)

// faces are the embedded Go fonts, parsed once. They hold Latin, Greek and Cyrillic.
var faces = sync.OnceValue(func() []font.FontFace {
	var out []font.FontFace
	for _, ttf := range [][]byte{goregular.TTF, gomedium.TTF, gobold.TTF} {
		parsed, err := opentype.ParseCollection(ttf)
		if err != nil {
			panic("window: embedded font: " + err.Error())
		}
		out = append(out, parsed...)
	}
	return out
})

func newLook() *look {
	if spokenBySystem.Load() {
		return &look{palette: colours(), system: true, shaper: text.NewShaper(text.WithCollection(faces()))}
	}
	return &look{palette: colours(), shaper: text.NewShaper(text.NoSystemFonts(), text.WithCollection(faces()))}
}

// cover makes sure that all of s can be drawn. The fonts of the system are only
// looked at when a name needs them: listing them takes time, memory and a file
// in the person's cache directory.
func (l *look) cover(s ...string) {
	if l.system {
		return
	}
	for _, one := range s {
		if !embedded(one) {
			l.system = true
			l.shaper = text.NewShaper(text.WithCollection(faces()))
			return
		}
	}
}

// embedded reports whether the embedded fonts hold all of s.
func embedded(s string) bool {
	face, ok := faces()[0].Face.(opentype.Face)
	if !ok {
		return false
	}
	glyphs := face.Face()
	for _, r := range s {
		if _, has := glyphs.NominalGlyph(r); !has {
			return false
		}
	}
	return true
}

// label is a text to be laid out.
type label struct {
	text   string
	size   unit.Sp
	weight font.Weight
	colour color.NRGBA
	lines  int // at most; 0 is no limit
	anyCut bool
	middle bool
}

func (l *look) label(s label) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		gtx.Constraints.Min.Y = 0
		w := widget.Label{MaxLines: s.lines, LineHeightScale: 1.3}
		if s.anyCut {
			w.WrapPolicy = text.WrapGraphemes
		}
		if s.middle {
			w.Alignment = text.Middle
		}
		return w.Layout(gtx, l.shaper, font.Font{Typeface: "Go", Weight: s.weight}, s.size, s.text, fill(gtx.Ops, s.colour))
	}
}

// The texts of windows.
func (l *look) heading(s string) layout.Widget {
	return l.label(label{text: s, size: 22, weight: bold, colour: l.ink})
}
func (l *look) strong(s string) layout.Widget {
	return l.label(label{text: s, size: 15, weight: bold, colour: l.ink})
}
func (l *look) plain(s string) layout.Widget {
	return l.label(label{text: s, size: 15, weight: regular, colour: l.ink})
}
func (l *look) quietly(s string) layout.Widget {
	return l.label(label{text: s, size: 14, weight: regular, colour: l.quiet})
}

// fill records a colour as a material for text.
func fill(ops *op.Ops, c color.NRGBA) op.CallOp {
	m := op.Record(ops)
	paint.ColorOp{Color: c}.Add(ops)
	return m.Stop()
}

// box draws w with padding on a ground of its own.
func (l *look) box(ground color.NRGBA, corner unit.Dp, in layout.Inset, w layout.Widget) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		m := op.Record(gtx.Ops)
		dims := in.Layout(gtx, w)
		call := m.Stop()
		r := clip.UniformRRect(image.Rectangle{Max: dims.Size}, gtx.Dp(corner))
		paint.FillShape(gtx.Ops, ground, r.Op(gtx.Ops))
		call.Add(gtx.Ops)
		return dims
	}
}

// badge is a disc with the technician's initials.
func (l *look) badge(letters string, size unit.Dp) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		d := image.Pt(gtx.Dp(size), gtx.Dp(size))
		paint.FillShape(gtx.Ops, l.accent, clip.Ellipse{Max: d}.Op(gtx.Ops))
		gtx.Constraints = layout.Exact(d)
		layout.Center.Layout(gtx, l.label(label{text: letters, size: unit.Sp(size) * 0.36, weight: medium, colour: l.paper, lines: 1}))
		return layout.Dimensions{Size: d}
	}
}

// outline strokes a rounded rectangle just inside r.
func outline(ops *op.Ops, r image.Rectangle, corner, width int, c color.NRGBA) {
	half := float32(width) / 2
	rr := clip.UniformRRect(r.Inset(width/2), max(corner-width/2, 0))
	paint.FillShape(ops, c, clip.Stroke{Path: rr.Path(ops), Width: 2 * half}.Op())
}

// polyline strokes a line through points.
func polyline(ops *op.Ops, width float32, c color.NRGBA, points ...f32.Point) {
	var p clip.Path
	p.Begin(ops)
	p.MoveTo(points[0])
	for _, pt := range points[1:] {
		p.LineTo(pt)
	}
	paint.FillShape(ops, c, clip.Stroke{Path: p.End(), Width: width}.Op())
}

// column stacks widgets of the same width with a gap between them.
func column(gap unit.Dp, ws ...layout.Widget) layout.Widget {
	return func(gtx layout.Context) layout.Dimensions {
		width, y := gtx.Constraints.Max.X, 0
		for i, w := range ws {
			if i > 0 {
				y += gtx.Dp(gap)
			}
			stack := op.Offset(image.Pt(0, y)).Push(gtx.Ops)
			c := gtx
			c.Constraints = layout.Constraints{Min: image.Pt(width, 0), Max: image.Pt(width, gtx.Constraints.Max.Y)}
			y += w(c).Size.Y
			stack.Pop()
		}
		return layout.Dimensions{Size: image.Pt(width, y)}
	}
}
