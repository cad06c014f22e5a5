package pointing

import (
	"fmt"
	"image"

	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/xserver"
)

// Colours of the ring: one that is seen on light and one that is seen on dark.
const (
	ringColour = 0xe8590c
	edgeColour = 0xffffff
)

// pen draws with one small window in the shape of a ring, which no click and no key
// can reach (X Fixes 2: an empty input shape).
type pen struct {
	x      *xserver.Conn
	root   xproto.Window
	size   int           // of ring; 0: there is none
	ring   xproto.Window // shown or not
	shown  bool
	closed chan struct{} // when the reader of events is gone
}

// Open returns a Pen on the desktop that this program was started in.
func Open() (Pen, error) {
	x, err := xserver.Dial(xserver.Here())
	if err != nil {
		return nil, fmt.Errorf("open the screen to point at: %w", err)
	}
	p := &pen{x: x, root: xproto.Setup(x.Conn).DefaultScreen(x.Conn).Root, closed: make(chan struct{})}
	go func() {
		defer close(p.closed)
		for {
			if ev, err := x.WaitForEvent(); ev == nil && err == nil {
				return
			}
		}
	}()
	if err := xfixes.Init(x.Conn); err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("point without X Fixes: %w", err)
	}
	if v, err := xfixes.QueryVersion(x.Conn, 2, 0).Reply(); err != nil || v.MajorVersion < 2 {
		_ = p.Close()
		return nil, fmt.Errorf("point without X Fixes 2: %w", err)
	}
	return p, nil
}

// Draw implements Pen.
func (p *pen) Draw(at image.Point, diameter int) error {
	if p.size != diameter {
		if err := p.cut(diameter); err != nil {
			return err
		}
	}
	corner := at.Sub(image.Pt(diameter/2, diameter/2))
	xproto.ConfigureWindow(p.x.Conn, p.ring, xproto.ConfigWindowX|xproto.ConfigWindowY,
		[]uint32{uint32(int32(corner.X)), uint32(int32(corner.Y))})
	if !p.shown { // raised when it comes, and not at each move: what the person must see is above it again by itself
		xproto.ConfigureWindow(p.x.Conn, p.ring, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
		xproto.MapWindow(p.x.Conn, p.ring)
		p.shown = true
	}
	return nil
}

// Wipe implements Pen.
func (p *pen) Wipe() error {
	if p.shown {
		p.shown = false
		// The answer says that the ring is gone from the screen.
		return xproto.UnmapWindowChecked(p.x.Conn, p.ring).Check()
	}
	return nil
}

// Close implements Pen: the server takes the window away with the connection.
func (p *pen) Close() error {
	err := p.Wipe()
	p.x.Cut()
	<-p.closed
	return err
}

// cut makes the ring anew, in another size.
func (p *pen) cut(diameter int) error {
	c := p.x.Conn
	if p.size != 0 {
		xproto.DestroyWindow(c, p.ring)
		p.size, p.shown = 0, false
	}
	win, err := xproto.NewWindowId(c)
	if err != nil {
		return fmt.Errorf("draw a ring: %w", err)
	}
	screen := xproto.Setup(c).DefaultScreen(c)
	side := uint16(diameter) // #nosec G115 -- at most twice 160
	xproto.CreateWindow(c, screen.RootDepth, win, p.root, 0, 0, side, side, 0, xproto.WindowClassInputOutput, screen.RootVisual,
		xproto.CwBackPixel|xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{edgeColour, 1, 0})
	name := "Beside"
	xproto.ChangeProperty(c, xproto.PropModeReplace, win, xproto.AtomWmName, xproto.AtomString, 8, uint32(len(name)), []byte(name))
	p.shape(win, ringOf(diameter, 0))
	p.colour(win, diameter)
	p.ring, p.size = win, diameter
	return nil
}

// shape makes the window a ring, through which the pointer reaches what is below.
func (p *pen) shape(win xproto.Window, rows []xproto.Rectangle) {
	const bounding, input = 0, 2 // kinds of the shape extension
	c := p.x.Conn
	ring, err1 := xfixes.NewRegionId(c)
	nothing, err2 := xfixes.NewRegionId(c)
	if err1 != nil || err2 != nil {
		return
	}
	xfixes.CreateRegion(c, ring, rows)
	xfixes.CreateRegion(c, nothing, nil)
	xfixes.SetWindowShapeRegion(c, win, bounding, 0, 0, ring)
	xfixes.SetWindowShapeRegion(c, win, input, 0, 0, nothing)
	xfixes.DestroyRegion(c, ring)
	xfixes.DestroyRegion(c, nothing)
}

// colour paints the middle of the ring's line, and leaves its edges as they are.
func (p *pen) colour(win xproto.Window, diameter int) {
	c := p.x.Conn
	screen := xproto.Setup(c).DefaultScreen(c)
	pixmap, err1 := xproto.NewPixmapId(c)
	gc, err2 := xproto.NewGcontextId(c)
	if err1 != nil || err2 != nil {
		return
	}
	side := uint16(diameter) // #nosec G115 -- see cut
	xproto.CreatePixmap(c, screen.RootDepth, pixmap, xproto.Drawable(win), side, side)
	xproto.CreateGC(c, gc, xproto.Drawable(pixmap), xproto.GcForeground, []uint32{edgeColour})
	xproto.PolyFillRectangle(c, xproto.Drawable(pixmap), gc, []xproto.Rectangle{{Width: side, Height: side}})
	xproto.ChangeGC(c, gc, xproto.GcForeground, []uint32{ringColour})
	xproto.PolyFillRectangle(c, xproto.Drawable(pixmap), gc, ringOf(diameter, max(diameter/32, 1)))
	xproto.ChangeWindowAttributes(c, win, xproto.CwBackPixmap, []uint32{uint32(pixmap)})
	xproto.FreeGC(c, gc)
	xproto.FreePixmap(c, pixmap)
}

// ringOf is a ring of a diameter as rows of pixels. Its line is an eighth of the
// diameter wide, less edge on both sides.
func ringOf(diameter, edge int) (rows []xproto.Rectangle) {
	outer := float64(diameter)/2 - float64(edge)
	inner := float64(diameter)/2 - float64(diameter)/8 + float64(edge)
	middle := float64(diameter) / 2
	in := func(x, y int) bool {
		dx, dy := float64(x)+0.5-middle, float64(y)+0.5-middle
		d := dx*dx + dy*dy
		return d <= outer*outer && d >= inner*inner
	}
	for y := range diameter {
		for x := 0; x < diameter; x++ {
			start := x
			for x < diameter && in(x, y) {
				x++
			}
			if x > start {
				rows = append(rows, xproto.Rectangle{X: int16(start), Y: int16(y), Width: uint16(x - start), Height: 1}) // #nosec G115 -- see cut
			}
		}
	}
	return rows
}
