// Package xvfb starts real X servers without a screen, for tests only.
package xvfb

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// The display numbers that tests use.
const (
	firstDisplay = 100
	lastDisplay  = 119
)

// Server is a running Xvfb. It ends with its test.
type Server struct {
	Display string // ":100"
	Process *os.Process
}

// Start runs an Xvfb with a screen like "1280x800x24" and further arguments.
func Start(t testing.TB, screen string, args ...string) *Server {
	t.Helper()
	return start(t, "Xvfb", append([]string{"-screen", "0", screen}, args...))
}

// StartResizable runs an X server whose screen has a size like "1280x800" at first
// and can be given any other by RANDR, which Xvfb's cannot: TigerVNC's, without a
// port for viewers. Its only output is VNC-0.
func StartResizable(t testing.TB, size string) *Server {
	t.Helper()
	return start(t, "Xtigervnc", []string{"-geometry", size, "-depth", "24", "-SecurityTypes", "None", "-rfbport", "-1"})
}

func start(t testing.TB, program string, args []string) *Server {
	t.Helper()
	for n := firstDisplay; n <= lastDisplay; n++ {
		if s := try(t, n, program, args); s != nil {
			return s
		}
	}
	t.Fatalf("no free X display from :%d to :%d", firstDisplay, lastDisplay)
	return nil
}

// try starts a server with display number n, or returns nil when n is taken.
func try(t testing.TB, n int, program string, args []string) *Server {
	t.Helper()
	ready, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	name := fmt.Sprintf(":%d", n)
	cmd := exec.Command(program, append([]string{name, "-displayfd", "3", "-nolisten", "tcp", "-noreset"}, args...)...)
	cmd.ExtraFiles = []*os.File{tell}
	err = cmd.Start()
	_ = tell.Close()
	if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(ready).ReadString('\n') // ends when the server is ready or has exited
	if got, err := strconv.Atoi(strings.TrimSpace(line)); err != nil || got != n {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT) // a test may have stopped it
		_ = cmd.Process.Signal(syscall.SIGTERM) // so that it removes its socket
		_ = cmd.Wait()
	})
	return &Server{Display: name, Process: cmd.Process}
}

// Painter is another program that draws on the server.
type Painter struct {
	X    *xgb.Conn
	Root xproto.Window
	gc   xproto.Gcontext
	win  xproto.Window
}

// NewPainter connects, and opens a window over the whole screen that no window
// manager touches.
func (s *Server) NewPainter(t testing.TB) *Painter {
	t.Helper()
	xgb.Logger.SetOutput(io.Discard)
	c, err := xgb.NewConnDisplay(s.Display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	screen := xproto.Setup(c).DefaultScreen(c)
	p := &Painter{X: c, Root: screen.Root}
	p.win, _ = xproto.NewWindowId(c)
	p.gc, _ = xproto.NewGcontextId(c)
	err = xproto.CreateWindowChecked(c, screen.RootDepth, p.win, p.Root, 0, 0, screen.WidthInPixels, screen.HeightInPixels, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{0x204060, 1}).Check()
	if err == nil {
		err = xproto.MapWindowChecked(c, p.win).Check()
	}
	if err == nil {
		err = xproto.CreateGCChecked(c, p.gc, xproto.Drawable(p.win), 0, nil).Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Fill paints a rectangle.
func (p *Painter) Fill(t testing.TB, x, y, w, h int, colour uint32) {
	t.Helper()
	xproto.ChangeGC(p.X, p.gc, xproto.GcForeground, []uint32{colour})
	r := []xproto.Rectangle{{X: int16(x), Y: int16(y), Width: uint16(w), Height: uint16(h)}}
	if err := xproto.PolyFillRectangleChecked(p.X, xproto.Drawable(p.win), p.gc, r).Check(); err != nil {
		t.Fatal(err)
	}
}

// Scroll moves the picture in a rectangle up by dy.
func (p *Painter) Scroll(t testing.TB, x, y, w, h, dy int) {
	t.Helper()
	d := xproto.Drawable(p.win)
	err := xproto.CopyAreaChecked(p.X, d, d, p.gc, int16(x), int16(y+dy), int16(x), int16(y), uint16(w), uint16(h-dy)).Check()
	if err != nil {
		t.Fatal(err)
	}
}

// Screen reads the whole screen the plain way, as 0x00RRGGBB.
func (p *Painter) Screen(t testing.TB) []uint32 {
	t.Helper()
	g, err := xproto.GetGeometry(p.X, xproto.Drawable(p.Root)).Reply()
	if err != nil {
		t.Fatal(err)
	}
	img, err := xproto.GetImage(p.X, xproto.ImageFormatZPixmap, xproto.Drawable(p.Root), 0, 0,
		g.Width, g.Height, ^uint32(0)).Reply()
	if err != nil {
		t.Fatal(err)
	}
	pix := make([]uint32, int(g.Width)*int(g.Height))
	for i := range pix {
		pix[i] = xgb.Get32(img.Data[4*i:]) & 0xffffff
	}
	return pix
}
