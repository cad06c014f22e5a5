package input

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// onText types characters: by the keys that the layout in use has for them, else
// by spare keys. Modifiers that are down, whoever holds them, and CapsLock would
// change what is typed; they are lifted meanwhile.
func (x *x11) onText(ctx context.Context, lease *consent.Lease, t control.Text) error {
	var keys map[rune]stroke
	var lifted []byte
	err := lease.Do(func() (err error) {
		if lifted, err = x.lift(); err != nil {
			return err
		}
		keys, err = x.readLayout()
		return err
	})
	if err == nil {
		err = x.typeRunes(ctx, lease, []rune(t.Text), keys)
	}
	if restoreErr := x.lower(lease, lifted); err == nil {
		err = restoreErr
	}
	return err
}

// lift lets go of the modifiers that are down and switches CapsLock off, if there
// are any. It returns the keys to press again.
func (x *x11) lift() ([]byte, error) {
	state, err := x.desk.xkb.state()
	if err != nil {
		return nil, err
	}
	mods, err := x.desk.modifiers()
	if err != nil {
		return nil, err
	}
	down, err := x.desk.down()
	if err != nil {
		return nil, err
	}
	down = slices.DeleteFunc(down, func(code byte) bool { return mods[code] == 0 })
	caps := state.locked & xproto.ModMaskLock
	if caps == 0 && state.latched == 0 && len(down) == 0 {
		return nil, nil
	}
	if err := x.guard.checkFocus(); err != nil {
		return nil, err
	}
	if caps != 0 {
		x.take(Held{HeldLock, caps})
	}
	if caps != 0 || state.latched != 0 {
		x.desk.xkb.setLocks(caps, 0)
	}
	for _, code := range down {
		if h := (Held{HeldKey, code}); slices.Contains(x.held, h) {
			x.letGo(h)
		} else {
			x.desk.putBack(h)
		}
	}
	return down, nil
}

// lower undoes lift. A modifier that the requester holds is ours from now on:
// the server cannot tell who presses it, and ReleaseAll lets go of it.
func (x *x11) lower(lease *consent.Lease, lifted []byte) error {
	locked := false
	for _, h := range slices.Clone(x.held) {
		if h.Kind == HeldLock {
			x.letGo(h)
			locked = true
		}
	}
	switch {
	case len(lifted) > 0:
	case locked:
		return x.guard.sync()
	default:
		return nil // the last stroke waited for the server
	}
	return lease.Do(func() error {
		return x.guard.exclusively(func() error {
			if err := x.guard.checkFocus(); err != nil {
				return err
			}
			for _, code := range lifted {
				x.take(Held{HeldKey, code})
				x.desk.key(code, true)
			}
			return nil
		})
	})
}

// readLayout returns how to type each character now, spare keys included.
func (x *x11) readLayout() (map[rune]stroke, error) {
	layout, err := x.desk.xkb.keymap()
	if err != nil {
		return nil, err
	}
	for _, code := range x.spares.refresh(layout, x.desk.first, x.desk.last) {
		h := Held{HeldSpare, byte(code)}
		x.held = slices.DeleteFunc(x.held, func(o Held) bool { return o == h })
		x.witness(h, false)
	}
	state, err := x.desk.xkb.state()
	if err != nil {
		return nil, err
	}
	return layout.strokes(state.group, state.locked), nil
}

// typeRunes types as many characters as there are keys for, then lends spare
// keys to the next ones.
func (x *x11) typeRunes(ctx context.Context, lease *consent.Lease, runes []rune, keys map[rune]stroke) error {
	for len(runes) > 0 {
		ready, wait, err := x.prepare(lease, runes, keys)
		if err != nil {
			return err
		}
		if ready == 0 {
			if wait == 0 {
				return fmt.Errorf("%w: no spare key for a character", ErrNoInput)
			}
			if err := x.settle(ctx, lease, wait); err != nil {
				return err
			}
			continue
		}
		for _, r := range runes[:ready] {
			if err := x.stroke(ctx, lease, keys[r]); err != nil {
				return err
			}
		}
		runes = runes[ready:]
	}
	return nil
}

// settle waits until the program with the focus has handled what was typed: for
// its answer if it gives one, else for wait.
func (x *x11) settle(ctx context.Context, lease *consent.Lease, wait time.Duration) error {
	asked, err := x.settler.ask()
	if err != nil {
		return err
	}
	if asked {
		wait = settleLimit
	}
	limit := time.After(wait)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-lease.Done():
			return consent.ErrRevoked
		case pong := <-x.settler.pongs:
			if !x.settler.answered(pong) {
				continue
			}
		case <-limit:
		}
		x.spares.settle()
		return nil
	}
}

// prepare lends spare keys to the characters at the front of runes that have no
// key, all at once since each change makes every program read the map again. It
// returns how many characters can be typed now, or how long to wait for a key.
func (x *x11) prepare(lease *consent.Lease, runes []rune, keys map[rune]stroke) (ready int, wait time.Duration, err error) {
	lent := false
	err = lease.Do(func() error {
		for _, r := range runes {
			if s, ok := keys[r]; ok {
				x.spares.use(s, time.Now())
				ready++
				continue
			}
			if !lent {
				if err := x.guard.checkFocus(); err != nil {
					return err
				}
			}
			to, evicted, w := x.spares.lend(r, time.Now())
			if to.code == 0 {
				wait = w
				break
			}
			if evicted != 0 {
				delete(keys, evicted)
			}
			if h := (Held{HeldSpare, byte(to.code)}); !slices.Contains(x.held, h) {
				x.take(h)
			}
			keys[r] = x.spares.stroke(to)
			plain, shifted := x.spares.keysyms(to.code)
			x.desk.setKey(to.code, plain, shifted)
			x.robot.unread++
			lent = true
			ready++
		}
		if !lent {
			return nil
		}
		return x.guard.sync()
	})
	return ready, wait, err
}

// stroke types one character. Other programs see its presses and releases in one.
func (x *x11) stroke(ctx context.Context, lease *consent.Lease, s stroke) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return lease.Do(func() error {
		return x.guard.exclusively(func() error {
			if err := x.guard.checkFocus(); err != nil {
				return err
			}
			pressed := make([]Held, 0, 3)
			for _, code := range append(slices.Clone(s.mods), s.code) {
				h := Held{HeldKey, byte(code)}
				if slices.Contains(x.held, h) { // the technician holds it for another purpose
					x.letGo(h)
				}
				pressed = append(pressed, h)
				x.take(h)
				x.desk.key(h.Code, true)
			}
			for _, h := range slices.Backward(pressed) {
				x.letGo(h)
			}
			x.spares.use(s, time.Now())
			return nil
		})
	})
}

// freeSpares gives all spare keys back.
func (x *x11) freeSpares() {
	for _, h := range slices.Clone(x.held) {
		if h.Kind == HeldSpare {
			x.letGo(h)
			x.robot.unread++
		}
	}
	x.spares = spares{}
}
