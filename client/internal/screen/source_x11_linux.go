package screen

import (
	"errors"
	"fmt"
	"image"
	"io"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
)

// X11 is the fast Source: one connection, DAMAGE to be told of changes, MIT-SHM
// to read pixels, XFIXES for the pointer's shape, XINPUT for its movement, RANDR
// for monitors. While nothing changes it does nothing.
type X11 struct {
	x       *xconn
	damage  damage.Damage
	region  xfixes.Region // where DAMAGE puts what changed
	changed chan struct{}
	over    sync.WaitGroup // the event reader
	motion  motion
	lit     []image.Rectangle // where monitors are, as asked last; nil: has to be asked. Owned by who owns the Source

	grabbing sync.Mutex // held while grab is used, so that Close frees no memory in use
	grab     grabber

	mu   sync.Mutex
	news news // written by the event reader, taken by Damage and Pointer
}

// news is what the X server told since somebody asked last.
type news struct {
	damage, layout, shape, moved bool
	closed                       bool
}

// OpenX11 connects to the X server and subscribes to changes. It reads no pixels.
func OpenX11(env Environment) (*X11, error) {
	x, err := dialX(env)
	if err != nil {
		return nil, err
	}
	s := &X11{x: x, changed: make(chan struct{}, 1), news: news{damage: true, shape: true}}
	if err := s.subscribe(); err != nil {
		x.close()
		return nil, err
	}
	s.grab.init(x)
	s.watchMotion()
	s.over.Go(s.readEvents)
	return s, nil
}

func (s *X11) subscribe() error {
	if err := s.x.check(); err != nil {
		return err
	}
	if err := s.x.extensions(); err != nil {
		return err
	}
	return s.x.limit(func() error {
		var err error
		if s.damage, err = damage.NewDamageId(s.x.Conn); err != nil {
			return fmt.Errorf("new damage: %w", err)
		}
		if s.region, err = xfixes.NewRegionId(s.x.Conn); err != nil {
			return fmt.Errorf("new region: %w", err)
		}
		root := s.x.root
		if err := xfixes.CreateRegionChecked(s.x.Conn, s.region, nil).Check(); err != nil {
			return fmt.Errorf("create region: %w", err)
		}
		// NonEmpty: one event, then silence until the damage was fetched.
		if err := damage.CreateChecked(s.x.Conn, s.damage, xproto.Drawable(root), damage.ReportLevelNonEmpty).Check(); err != nil {
			return fmt.Errorf("watch the screen: %w", err)
		}
		if err := xfixes.SelectCursorInputChecked(s.x.Conn, root, xfixes.CursorNotifyMaskDisplayCursor).Check(); err != nil {
			return fmt.Errorf("watch the pointer's shape: %w", err)
		}
		if err := randr.SelectInputChecked(s.x.Conn, root, randr.NotifyMaskScreenChange|randr.NotifyMaskCrtcChange).Check(); err != nil {
			return fmt.Errorf("watch the monitors: %w", err)
		}
		// A monitor that is only a name for a part of the screen (xrandr
		// --setmonitor) is announced to nobody but those who watch the root window.
		if err := xproto.ChangeWindowAttributesChecked(s.x.Conn, root, xproto.CwEventMask,
			[]uint32{xproto.EventMaskStructureNotify}).Check(); err != nil {
			return fmt.Errorf("watch the screen's size: %w", err)
		}
		return nil
	})
}

// readEvents runs until the connection ends.
func (s *X11) readEvents() {
	for {
		ev, xerr := s.x.WaitForEvent()
		s.mu.Lock()
		switch ev.(type) {
		case damage.NotifyEvent:
			s.news.damage = true
		case xfixes.CursorNotifyEvent:
			s.news.shape = true
		case randr.ScreenChangeNotifyEvent, randr.NotifyEvent, xproto.ConfigureNotifyEvent:
			s.news.layout = true
		}
		s.news.closed = ev == nil && xerr == nil
		closed := s.news.closed
		s.mu.Unlock()
		s.signal()
		if closed {
			return
		}
	}
}

func (s *X11) signal() {
	select {
	case s.changed <- struct{}{}:
	default: // a signal already waits; whoever takes it sees this news too
	}
}

// Changed implements Source.
func (s *X11) Changed() <-chan struct{} { return s.changed }

// Damage implements Source. Asking needs the Lease too: what changed where says
// what a person does.
func (s *X11) Damage(l *consent.Lease, d *Damage) error {
	d.Rects, d.Layout = d.Rects[:0], false
	s.mu.Lock()
	n := s.news
	s.mu.Unlock()
	if n.closed {
		return ErrClosed
	}
	if n.damage {
		err := l.Do(func() error { return s.x.limit(func() error { return s.fetch(d) }) })
		if err != nil {
			return s.lost("fetch what changed", err)
		}
	}
	if n.layout {
		s.mu.Lock()
		s.news.layout = false
		s.mu.Unlock()
		s.lit = nil
		d.Rects, d.Layout = append(d.Rects[:0], everything), true
	}
	return nil
}

// everything is larger than any screen: X has coordinates of 16 bits.
var everything = image.Rect(-1<<15, -1<<15, 1<<15, 1<<15)

// fetch empties the server's list of damage into d.
func (s *X11) fetch(d *Damage) error {
	s.mu.Lock()
	s.news.damage = false // before the fetch: an event after it announces new damage
	s.mu.Unlock()
	sub := damage.SubtractChecked(s.x.Conn, s.damage, xfixes.RegionNone, s.region)
	r, err := xfixes.FetchRegion(s.x.Conn, s.region).Reply()
	if err != nil {
		return err
	}
	if err := sub.Check(); err != nil {
		return err
	}
	for _, q := range r.Rectangles {
		d.Rects = append(d.Rects, rectangle(int(q.X), int(q.Y), q.Width, q.Height))
	}
	return nil
}

// lost turns the end of the connection into ErrClosed and leaves the errors of
// the Lease as they are.
func (s *X11) lost(doing string, err error) error {
	if errors.Is(err, io.EOF) {
		return ErrClosed
	}
	if _, isX := err.(xgb.Error); !isX {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// Close implements Source.
func (s *X11) Close() error {
	s.x.guard.Stop()
	s.x.wire.Cut()
	s.over.Wait()
	s.grabbing.Lock()
	defer s.grabbing.Unlock()
	s.grab.free()
	return nil
}

func rectangle(x, y int, w, h uint16) image.Rectangle {
	return image.Rect(x, y, x+int(w), y+int(h))
}
