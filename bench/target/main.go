// Command target is the desktop program that the bench measures through: a
// full-screen X window with one block whose colour is a number. The number goes
// up when the bench asks for a flip, and at each key press; a viewer that shows
// the colour has shown that number.
//
// It speaks HTTP on loopback: GET /now is this machine's clock, POST /flip draws
// the next number and says when the request went to the X server.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// The block's place; the page's sampler reads its middle.
const (
	blockX, blockY = 200, 200
	blockW, blockH = 160, 120
)

func main() {
	display := flag.String("display", os.Getenv("DISPLAY"), "X display")
	flag.Parse()
	if err := run(*display); err != nil {
		log.Fatalln("target:", err)
	}
}

func run(display string) error {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return fmt.Errorf("open display %s: %w", display, err)
	}
	defer conn.Close()
	t := &target{conn: conn}
	if err := t.open(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /now", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"now": time.Now().UnixMicro()})
	})
	mux.HandleFunc("POST /flip", func(w http.ResponseWriter, _ *http.Request) {
		at, number, err := t.next()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		reply(w, map[string]any{"at": at.UnixMicro(), "number": number})
	})
	go func() { log.Fatalln("target:", http.Serve(listener, mux)) }()
	fmt.Printf("http://%s\n", listener.Addr()) // the bench reads this line
	return t.watchKeys()
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Access-Control-Allow-Origin", "*") // the page's clock asks from another origin
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // the bench is gone if this fails
}

// target owns the window. next may be called from any goroutine.
type target struct {
	conn   *xgb.Conn
	window xproto.Window

	mu     sync.Mutex // guards what follows
	gc     xproto.Gcontext
	number uint32
}

func (t *target) open() error {
	screen := xproto.Setup(t.conn).DefaultScreen(t.conn)
	var err error
	if t.window, err = xproto.NewWindowId(t.conn); err != nil {
		return err
	}
	if t.gc, err = xproto.NewGcontextId(t.conn); err != nil {
		return err
	}
	err = errors.Join(
		xproto.CreateWindowChecked(t.conn, screen.RootDepth, t.window, screen.Root, 0, 0,
			screen.WidthInPixels, screen.HeightInPixels, 0, xproto.WindowClassInputOutput, screen.RootVisual,
			xproto.CwBackPixel|xproto.CwOverrideRedirect|xproto.CwEventMask,
			[]uint32{0x808080, 1, xproto.EventMaskKeyPress | xproto.EventMaskButtonPress}).Check(),
		xproto.CreateGCChecked(t.conn, t.gc, xproto.Drawable(t.window), 0, nil).Check(),
		// Below the client's own bar, above everything else that was there.
		xproto.MapWindowChecked(t.conn, t.window).Check(),
		xproto.ConfigureWindowChecked(t.conn, t.window, xproto.ConfigWindowStackMode,
			[]uint32{xproto.StackModeAbove}).Check(),
	)
	if err != nil {
		return fmt.Errorf("open window: %w", err)
	}
	_, _, err = t.next()
	return err
}

// next draws the next number and returns when its request went out.
func (t *target) next() (time.Time, uint32, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.number++
	at := time.Now()
	xproto.ChangeGC(t.conn, t.gc, xproto.GcForeground, []uint32{colour(t.number)})
	err := xproto.PolyFillRectangleChecked(t.conn, xproto.Drawable(t.window), t.gc,
		[]xproto.Rectangle{{X: blockX, Y: blockY, Width: blockW, Height: blockH}}).Check()
	return at, t.number, err
}

// colour spreads numbers over colours that differ in every channel; the page
// computes the same.
func colour(number uint32) uint32 {
	return (number * 0x9E3779) & 0xFFFFFF
}

func (t *target) watchKeys() error {
	for {
		event, xerr := t.conn.WaitForEvent()
		if event == nil && xerr == nil {
			return errors.New("the X server closed the connection")
		}
		switch e := event.(type) {
		case xproto.KeyPressEvent:
			if _, _, err := t.next(); err != nil {
				return err
			}
		case xproto.ButtonPressEvent: // no window manager gives it the keyboard
			xproto.SetInputFocus(t.conn, xproto.InputFocusPointerRoot, t.window, e.Time)
		}
	}
}
