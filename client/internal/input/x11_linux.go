package input

import (
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// x11 injects through the XTEST extension of the display in $DISPLAY.
type x11 struct {
	desk    *desk
	guard   *guard
	settler *settler
	robot   robot
	witness Witness
	drained chan struct{} // closed when the connection is gone

	held   []Held // in the order in which it was taken
	spares spares
}

// Open connects to the desktop in $DISPLAY. The Witness may be nil. It returns
// ErrNoInput when the desktop takes no input from programs.
func Open(witness Witness) (Injector, error) {
	d, err := openDesk()
	if err != nil {
		return nil, err
	}
	g, err := openGuard(d.conn)
	if err != nil {
		d.conn.Close()
		return nil, err
	}
	s, err := openSettler(d.conn, d.root)
	if err != nil {
		d.conn.Close()
		return nil, err
	}
	if witness == nil {
		witness = func(Held, bool) {}
	}
	x := &x11{desk: d, guard: g, settler: s, witness: witness, drained: make(chan struct{})}
	go x.drain()
	return x, nil
}

// drain takes what the server tells unasked, until the connection ends. All but
// answers to pings is thrown away: the keyboard map is read anew for each text,
// and a queue that nobody reads would stop the connection.
func (x *x11) drain() {
	defer close(x.drained)
	for {
		event, err := x.desk.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		x.settler.onEvent(event)
	}
}

func (x *x11) Inject(ctx context.Context, lease *consent.Lease, shown image.Rectangle, msg control.Input) error {
	switch m := msg.(type) {
	case control.Key:
		return x.onKey(lease, m)
	case control.Text:
		return x.onText(ctx, lease, m)
	case control.Move:
		return x.onMove(lease, pixel(shown, m.X, m.Y))
	case control.Button:
		return x.onButton(lease, pixel(shown, m.X, m.Y), m)
	case control.Wheel:
		return x.onWheel(lease, pixel(shown, m.X, m.Y), m)
	case control.Release:
		return x.ReleaseAll()
	}
	return fmt.Errorf("input message %T is not known here", msg)
}

func (x *x11) onKey(lease *consent.Lease, k control.Key) error {
	code := evdev[k.Code] + 8
	if !k.Down {
		return lease.Do(func() error {
			x.letGo(Held{HeldRepeat, code})
			x.letGo(Held{HeldKey, code})
			return x.guard.sync()
		})
	}
	return lease.Do(func() error {
		mods, err := x.desk.modifiers()
		if err != nil {
			return err
		}
		repeats, err := x.desk.repeats(code)
		if err != nil {
			return err
		}
		return x.guard.exclusively(func() error {
			if err := x.guard.checkFocus(); err != nil {
				return err
			}
			x.keyDown(code, mods[code] != 0, repeats)
			return nil
		})
	})
}

// keyDown presses a key. While it is held, the server's automatic repeat of it
// is off: repeats are the technician's keyboard's, so a stalled network repeats
// nothing, and a held Enter does not reach a window that opens under it.
func (x *x11) keyDown(code byte, modifier, repeats bool) {
	key := Held{HeldKey, code}
	if slices.Contains(x.held, key) {
		if !modifier {
			x.desk.key(code, false)
			x.desk.key(code, true)
		}
		return
	}
	if !modifier && repeats {
		x.take(Held{HeldRepeat, code})
		x.desk.setRepeat(code, false)
	}
	x.take(key)
	x.desk.key(code, true)
}

func (x *x11) onButton(lease *consent.Lease, at image.Point, b control.Button) error {
	// X counts the wheel's four directions between right and back.
	button := Held{HeldButton, [...]byte{1, 2, 3, 8, 9}[b.Button]}
	if !b.Down {
		return lease.Do(func() error {
			x.desk.motion(at)
			x.letGo(button)
			return x.guard.sync()
		})
	}
	return lease.Do(func() error {
		return x.guard.exclusively(func() error {
			x.desk.motion(at)
			// Also with another button down, dragged here from elsewhere.
			if err := x.guard.checkPointer(); err != nil {
				return err
			}
			if !slices.Contains(x.held, button) {
				x.take(button)
				x.desk.button(button.Code, true)
			}
			return nil
		})
	})
}

func (x *x11) onMove(lease *consent.Lease, to image.Point) error {
	return lease.Do(func() error {
		x.robot.move(to)
		return nil
	})
}

func (x *x11) onWheel(lease *consent.Lease, at image.Point, w control.Wheel) error {
	return lease.Do(func() error {
		x.robot.move(at)
		if err := x.guard.checkPointer(); err != nil {
			return err
		}
		x.robot.scroll(w.DX, w.DY)
		return nil
	})
}

// pixel is where a fraction of a monitor lies.
func pixel(shown image.Rectangle, x, y uint16) image.Point {
	return shown.Min.Add(image.Pt(int(x)*shown.Dx()>>16, int(y)*shown.Dy()>>16))
}

// take notes that h is about to be held.
func (x *x11) take(h Held) {
	x.witness(h, true)
	x.held = append(x.held, h)
}

// letGo puts h back if it is held.
func (x *x11) letGo(h Held) {
	i := slices.Index(x.held, h)
	if i < 0 {
		return
	}
	x.desk.putBack(h)
	x.held = slices.Delete(x.held, i, i+1)
	x.witness(h, false)
}

// ReleaseAll lets go of everything but the spare keys, which programs may not
// have read yet; Tidy gives those back.
func (x *x11) ReleaseAll() error {
	x.robot.rest()
	for _, h := range slices.Backward(slices.Clone(x.held)) {
		if h.Kind != HeldSpare {
			x.letGo(h)
		}
	}
	return x.guard.sync()
}

func (x *x11) Tidy() bool {
	if now := time.Now(); x.spares.rested(now, spareRest) {
		x.freeSpares()
	}
	return len(x.held) > 0
}

func (x *x11) Close() error {
	err := x.ReleaseAll()
	if wait := time.Until(x.spares.last.Add(spareRead)); wait > 0 && len(x.held) > 0 {
		time.Sleep(wait)
	}
	x.freeSpares()
	if syncErr := x.guard.sync(); err == nil {
		err = syncErr
	}
	x.robot.close()
	x.desk.conn.Close()
	<-x.drained
	return err
}

// LetGo puts back what an Injector of a process that is gone held on the desktop
// in $DISPLAY.
func LetGo(held []Held) error {
	if len(held) == 0 {
		return nil
	}
	d, err := openDesk()
	if err != nil {
		return err
	}
	defer d.conn.Close()
	var spare []Held
	for _, h := range slices.Backward(held) {
		if h.Kind == HeldSpare {
			spare = append(spare, h)
			continue
		}
		d.putBack(h)
	}
	d.conn.Sync()
	if len(spare) > 0 {
		time.Sleep(spareRead)
	}
	for _, h := range spare {
		d.putBack(h)
	}
	d.conn.Sync()
	return nil
}
