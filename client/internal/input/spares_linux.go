package input

import (
	"cmp"
	"slices"
	"time"

	"github.com/jezek/xgb/xproto"
)

// spares are keys that no layout uses, each lent to two characters that the
// layout does not have, the second of them with Shift. One key in turn for all of
// them would not do: programs read the keyboard map late, when they handle the
// key, so each character needs a key that keeps it until then.
type spares struct {
	shift xproto.Keycode // 0: the layout has none
	free  []slot
	lent  []spare // in the order of last use
	last  time.Time
}

// slot is what a key gives by itself or, at level 1, with Shift.
type slot struct {
	code  xproto.Keycode
	level int
}

type spare struct {
	slot
	char rune
	used time.Time
	read bool // the program has handled all its uses
}

const (
	spareRead = 800 * time.Millisecond // by then a program has read the map, if it does not tell
	spareRest = 5 * time.Second        // unused for so long, all are given back
)

// refresh takes the layout as it is now: one that was set since wiped the keys
// that were lent. It returns the keys that are no longer lent.
func (s *spares) refresh(m *keymap, first, last xproto.Keycode) (gone []xproto.Keycode) {
	var mask byte
	s.shift, mask = m.modifier(keysymShiftL, keysymShiftR)
	wiped := make(map[xproto.Keycode]bool)
	for _, l := range s.lent {
		under := []byte{0, mask}[l.level]
		if r, ok := runeOf(m.keysym(l.code, 0, under)); !ok || r != l.char {
			wiped[l.code] = true
		}
	}
	for code := range wiped {
		gone = append(gone, code)
	}
	s.lent = slices.DeleteFunc(s.lent, func(l spare) bool { return wiped[l.code] })
	s.free = slices.DeleteFunc(s.free, func(f slot) bool { return !s.lends(f.code) })
	for _, code := range m.spares(first, last) {
		s.free = append(s.free, slot{code, 0})
		if s.shift != 0 {
			s.free = append(s.free, slot{code, 1})
		}
	}
	return gone
}

// lends reports whether a key is lent to a character.
func (s *spares) lends(code xproto.Keycode) bool {
	return slices.ContainsFunc(s.lent, func(l spare) bool { return l.code == code })
}

// lend returns a place on a key for char: a free one, else the one unused for the
// longest, if programs have read it by now, and the character that loses it. Else
// it says how long to wait for one; no key and no wait means that there is none at
// all.
func (s *spares) lend(char rune, now time.Time) (to slot, evicted rune, wait time.Duration) {
	switch {
	case len(s.free) > 0:
		to, s.free = s.free[0], s.free[1:]
	case len(s.lent) == 0:
		return slot{}, 0, 0
	default:
		oldest := s.lent[0]
		if wait := oldest.used.Add(spareRead).Sub(now); wait > 0 && !oldest.read {
			return slot{}, 0, wait
		}
		to, evicted = oldest.slot, oldest.char
		s.lent = s.lent[1:]
	}
	s.lent = append(s.lent, spare{slot: to, char: char, used: now})
	s.last = now
	return to, evicted, 0
}

// keysyms are what a key gives by itself and with Shift. Where only one of the
// two is lent both are the same, for of one alone the server makes two letter
// cases.
func (s *spares) keysyms(code xproto.Keycode) (plain, shifted uint32) {
	var syms [2]uint32
	for _, l := range s.lent {
		if l.code == code {
			syms[l.level] = keysymOf(l.char)
		}
	}
	return cmp.Or(syms[0], syms[1]), cmp.Or(syms[1], syms[0])
}

// stroke types the character of a slot.
func (s *spares) stroke(on slot) stroke {
	if on.level == 0 {
		return stroke{code: on.code}
	}
	return stroke{code: on.code, mods: []xproto.Keycode{s.shift}}
}

// settle notes that programs have read all keys.
func (s *spares) settle() {
	for i := range s.lent {
		s.lent[i].read = true
	}
}

// use notes that a stroke, of a key that is lent or of another, is typed now.
func (s *spares) use(typed stroke, now time.Time) {
	on := slot{typed.code, min(1, len(typed.mods))}
	for i, l := range s.lent {
		if l.slot == on {
			l.used, l.read = now, false
			s.lent = append(append(s.lent[:i:i], s.lent[i+1:]...), l)
			s.last = now
			return
		}
	}
}

func (s *spares) rested(now time.Time, d time.Duration) bool {
	return len(s.lent) > 0 && now.Sub(s.last) >= d
}
