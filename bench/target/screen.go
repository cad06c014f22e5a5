package main

import (
	"errors"
	"fmt"
	"image"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// place is a point of the screen.
type place struct{ X, Y int }

// Where the codes of the picture's number and of the keys' number are, in a band
// at the top that no scene moves. The client's bar is right of them.
const bandH = 56

var (
	frameCode = place{16, 16}
	keyCode   = place{16 + codeW + 16, 16}
)

// screen is a full-screen X window, below all others until raised, and what it is
// drawn with.
type screen struct {
	conn          *xgb.Conn
	wire          *gather
	root, window  xproto.Window
	width, height int
	depth         byte

	letters xproto.Drawable // a to z
	next    *image.RGBA     // the page that is switched to next; owned by who prepares

	mu sync.Mutex // one picture at a time; guards what follows
	gc xproto.Gcontext
}

func openScreen(display string) (*screen, error) {
	name := strings.TrimPrefix(display, ":")
	socket, err := net.Dial("unix", "/tmp/.X11-unix/X"+name)
	if err != nil {
		return nil, fmt.Errorf("open display %q: %w", display, err)
	}
	s := &screen{wire: &gather{Conn: socket}}
	if s.conn, err = xgb.NewConnNet(s.wire); err != nil {
		return nil, fmt.Errorf("open display %q: %w", display, err)
	}
	d := xproto.Setup(s.conn).DefaultScreen(s.conn)
	s.root, s.depth, s.width, s.height = d.Root, d.RootDepth, int(d.WidthInPixels), int(d.HeightInPixels)
	if err := s.openWindow(d.RootVisual); err != nil {
		return nil, err
	}
	s.letters, err = s.pixmap(letters())
	return s, err
}

func (s *screen) openWindow(visual xproto.Visualid) error {
	var err error
	if s.window, err = xproto.NewWindowId(s.conn); err != nil {
		return err
	}
	if s.gc, err = xproto.NewGcontextId(s.conn); err != nil {
		return err
	}
	err = errors.Join(
		xproto.CreateWindowChecked(s.conn, s.depth, s.window, s.root, 0, 0, uint16(s.width), uint16(s.height), 0,
			xproto.WindowClassInputOutput, visual, xproto.CwBackPixel|xproto.CwOverrideRedirect|xproto.CwEventMask,
			[]uint32{0x808080, 1, xproto.EventMaskKeyPress | xproto.EventMaskButtonPress}).Check(),
		xproto.CreateGCChecked(s.conn, s.gc, xproto.Drawable(s.window), xproto.GcGraphicsExposures, []uint32{0}).Check(),
		xproto.MapWindowChecked(s.conn, s.window).Check(),
		s.stack(xproto.StackModeBelow),
		xproto.SetInputFocusChecked(s.conn, xproto.InputFocusPointerRoot, s.window, xproto.TimeCurrentTime).Check(),
	)
	if err != nil {
		return fmt.Errorf("open window: %w", err)
	}
	return nil
}

// stack puts the window below or above all others. A client's own bar comes back
// on top by itself.
func (s *screen) stack(mode uint32) error {
	return xproto.ConfigureWindowChecked(s.conn, s.window, xproto.ConfigWindowStackMode, []uint32{mode}).Check()
}

// draw has the X server do all requests that paint makes as one, and returns when
// they went out. The caller must not hold mu.
func (s *screen) draw(paint func()) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wire.hold()
	paint()
	at := time.Now()
	err := s.wire.release()
	s.conn.Sync() // the library wants an answer once in so many requests, which it would not get while held
	return at, err
}

// fill, copy and code are for paint functions alone.
func (s *screen) fill(colour uint32, rects ...xproto.Rectangle) {
	xproto.ChangeGC(s.conn, s.gc, xproto.GcForeground, []uint32{colour})
	xproto.PolyFillRectangle(s.conn, xproto.Drawable(s.window), s.gc, rects)
}

func (s *screen) copy(from xproto.Drawable, sx, sy, x, y, w, h int) {
	xproto.CopyArea(s.conn, from, xproto.Drawable(s.window), s.gc,
		int16(sx), int16(sy), int16(x), int16(y), uint16(w), uint16(h))
}

func (s *screen) code(number uint16, at place) {
	quiet, white := codeCells(number, at.X, at.Y)
	s.fill(0x000000, quiet)
	s.fill(0xFFFFFF, white...)
}

// pixmap puts a picture into the X server.
func (s *screen) pixmap(img *image.RGBA) (xproto.Drawable, error) {
	const most = 200 << 10 // bytes of one request
	id, err := xproto.NewPixmapId(s.conn)
	if err != nil {
		return 0, err
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if err := xproto.CreatePixmapChecked(s.conn, s.depth, id, xproto.Drawable(s.window), uint16(w), uint16(h)).Check(); err != nil {
		return 0, fmt.Errorf("make a pixmap of %dx%d: %w", w, h, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := max(1, most/(4*w))
	for y := 0; y < h; y += rows {
		n := min(rows, h-y)
		data := make([]byte, 4*w*n)
		for i, row := 0, img.Pix[y*img.Stride:]; i < n; i, row = i+1, row[min(img.Stride, len(row)):] {
			swapRedBlue(data[4*w*i:], row[:4*w])
		}
		xproto.PutImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(id), s.gc, uint16(w), uint16(n), 0, int16(y), 0, s.depth, data)
	}
	s.conn.Sync()
	return xproto.Drawable(id), nil
}

func swapRedBlue(to, from []byte) {
	for i := 0; i+3 < len(from); i += 4 {
		to[i], to[i+1], to[i+2], to[i+3] = from[i+2], from[i+1], from[i], 0
	}
}

// pixels appends what some rows of the whole screen show, as R, G, B bytes.
func (s *screen) pixels(rgb []byte, y, rows int) ([]byte, error) {
	reply, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.root), 0, int16(y),
		uint16(s.width), uint16(rows), 0xFFFFFFFF).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the screen: %w", err)
	}
	for i := 0; i+3 < len(reply.Data); i += 4 {
		rgb = append(rgb, reply.Data[i+2], reply.Data[i+1], reply.Data[i])
	}
	return rgb, nil
}

// covered lists the rectangles of windows that lie over this one.
func (s *screen) covered() ([]image.Rectangle, error) {
	tree, err := xproto.QueryTree(s.conn, s.root).Reply()
	if err != nil {
		return nil, fmt.Errorf("list windows: %w", err)
	}
	above := false
	found := []image.Rectangle{}
	for _, w := range tree.Children { // bottom first
		if w == s.window {
			above = true
			continue
		}
		attributes, err := xproto.GetWindowAttributes(s.conn, w).Reply()
		if !above || err != nil || attributes.MapState != xproto.MapStateViewable || attributes.Class == xproto.WindowClassInputOnly {
			continue // it may have gone
		}
		if g, err := xproto.GetGeometry(s.conn, xproto.Drawable(w)).Reply(); err == nil {
			found = append(found, image.Rect(int(g.X), int(g.Y), int(g.X)+int(g.Width), int(g.Y)+int(g.Height)))
		}
	}
	return found, nil
}
