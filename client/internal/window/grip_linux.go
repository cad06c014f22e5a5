package window

import (
	"image"

	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
)

// grip moves the bar with the mouse. The window manager could not: the press
// that starts a move belongs to Gio's connection.
type grip struct {
	bar  *bar
	from image.Point // where on the bar the mouse took hold
}

func (g *grip) add(ops *op.Ops, size image.Point) {
	defer clip.Rect{Max: size}.Push(ops).Pop()
	event.Op(ops, g)
}

func (g *grip) update(gtx layout.Context) {
	for {
		e, ok := gtx.Event(pointer.Filter{Target: g, Kinds: pointer.Press | pointer.Drag})
		if !ok {
			return
		}
		pe, ok := e.(pointer.Event)
		if !ok {
			continue
		}
		if pe.Kind == pointer.Press {
			g.from = pe.Position.Round()
			continue
		}
		g.follow()
	}
}

// follow puts the bar where the pointer holds it.
func (g *grip) follow() {
	d, win := g.bar.ui.desk, g.bar.frame.window()
	at, ok := d.pointer()
	place, here := d.place(win)
	if !ok || !here {
		return
	}
	corner := at.Sub(g.from)
	d.move(win, inside(image.Rectangle{Min: corner, Max: corner.Add(place.Size())}, d.bounds()))
}
