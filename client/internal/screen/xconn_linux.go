package screen

import (
	"fmt"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/xserver"
)

// answerLimit is how long the X server may take for one request. A call made
// inside Lease.Do holds up a revocation for that long at most; a server that
// is slower is cut off, since its late answer could be a capture.
const answerLimit = 2 * time.Second

// xconn is one connection to an X server.
type xconn struct {
	*xgb.Conn
	wire  *xserver.Conn
	guard *time.Timer // cuts wire when it fires; armed by limit
	root  xproto.Window
	setup *xproto.SetupInfo
}

// dialX connects and asks for nothing.
func dialX(env Environment) (*xconn, error) {
	c, err := xserver.Dial(xserver.Display{Name: env.Display, Authority: env.Authority, Home: env.Home})
	if err != nil {
		return nil, none(err.Error())
	}
	x := &xconn{Conn: c.Conn, wire: c, setup: xproto.Setup(c.Conn)}
	x.guard = time.AfterFunc(time.Hour, c.Cut)
	x.guard.Stop()
	if c.DefaultScreen >= len(x.setup.Roots) {
		x.close()
		return nil, none(fmt.Sprintf("X display %s has no such screen", env.Display))
	}
	x.root = x.screen().Root
	return x, nil
}

func (x *xconn) screen() *xproto.ScreenInfo { return x.setup.DefaultScreen(x.Conn) }

// close cuts the connection and waits until xgb's reader is gone.
func (x *xconn) close() {
	x.guard.Stop()
	x.wire.Cut()
	for {
		if ev, err := x.WaitForEvent(); ev == nil && err == nil {
			return
		}
	}
}

// limit runs f, which waits for the server, and cuts the connection when that
// takes too long; f then returns an error.
func (x *xconn) limit(f func() error) error {
	x.guard.Reset(answerLimit)
	err := f()
	x.guard.Stop()
	return err
}

// check refuses X servers whose screen cannot be shown.
func (x *xconn) check() error {
	return x.limit(func() error {
		if r, err := xproto.QueryExtension(x.Conn, uint16(len("XWAYLAND")), "XWAYLAND").Reply(); err != nil {
			return fmt.Errorf("ask the X server for its extensions: %w", err)
		} else if r.Present {
			return wayland("the X server is Xwayland")
		}
		s := x.screen()
		bitsPerPixel := 0
		for _, f := range x.setup.PixmapFormats {
			if f.Depth == s.RootDepth {
				bitsPerPixel = int(f.BitsPerPixel)
			}
		}
		if s.RootDepth != 24 || bitsPerPixel != 32 || x.setup.ImageByteOrder != xproto.ImageOrderLSBFirst {
			return &NotShowableError{
				Kind:   KindX11,
				Text:   "This screen uses an unusual colour format. Set it to 24 bit colour (“millions of colours”) and open the link again.",
				Detail: fmt.Sprintf("depth %d, %d bits per pixel, byte order %d", s.RootDepth, bitsPerPixel, x.setup.ImageByteOrder),
			}
		}
		return nil
	})
}

// extensions prepares the extensions that the fast source lives on.
func (x *xconn) extensions() error {
	return x.limit(func() error {
		for _, name := range []string{"XFIXES", "DAMAGE", "RANDR"} {
			if err := x.register(name); err != nil {
				return err
			}
		}
		// Each wants its version agreed before its first use.
		if _, err := xfixes.QueryVersion(x.Conn, 4, 0).Reply(); err != nil {
			return fmt.Errorf("agree on XFIXES: %w", err)
		}
		if _, err := damage.QueryVersion(x.Conn, 1, 1).Reply(); err != nil {
			return fmt.Errorf("agree on DAMAGE: %w", err)
		}
		if _, err := randr.QueryVersion(x.Conn, 1, 5).Reply(); err != nil {
			return fmt.Errorf("agree on RANDR: %w", err)
		}
		return nil
	})
}

// sharedMemory reports whether the server has MIT-SHM.
func (x *xconn) sharedMemory() bool {
	return x.limit(func() error {
		if err := x.register("MIT-SHM"); err != nil {
			return err
		}
		_, err := shm.QueryVersion(x.Conn).Reply()
		return err
	}) == nil
}

// registered guards what register writes.
var registered sync.Mutex

// register does what an extension package's Init does, with one difference. xgb
// keeps the meaning of event and error numbers in maps of the whole program,
// which the readers of all connections use without a lock; Init writes them each
// time. register writes only what is missing, so only the first connection of a
// program writes at all.
func (x *xconn) register(name string) error {
	r, err := xproto.QueryExtension(x.Conn, uint16(len(name)), name).Reply()
	if err != nil {
		return fmt.Errorf("ask the X server for %s: %w", name, err)
	}
	if !r.Present {
		return fmt.Errorf("the X server has no %s", name)
	}
	x.ExtLock.Lock()
	x.Extensions[name] = r.MajorOpcode
	x.ExtLock.Unlock()
	registered.Lock()
	defer registered.Unlock()
	for n, f := range xgb.NewExtEventFuncs[name] {
		if xgb.NewEventFuncs[int(r.FirstEvent)+n] == nil {
			xgb.NewEventFuncs[int(r.FirstEvent)+n] = f
		}
	}
	for n, f := range xgb.NewExtErrorFuncs[name] {
		if xgb.NewErrorFuncs[int(r.FirstError)+n] == nil {
			xgb.NewErrorFuncs[int(r.FirstError)+n] = f
		}
	}
	return nil
}
