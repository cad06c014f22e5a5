package input

import (
	"time"

	"github.com/jezek/xgb/xproto"
)

// spares are keys that no layout uses, each lent to one character that the
// layout does not have. One key in turn for all of them would not do: programs
// read the keyboard map late, when they handle the key, so each character needs
// a key that keeps it until then.
type spares struct {
	free []xproto.Keycode
	lent []spare // in the order of last use
	last time.Time
}

type spare struct {
	code xproto.Keycode
	char rune
	used time.Time
	read bool // the program has handled all its uses
}

const (
	spareRead = 400 * time.Millisecond // by then a program has read the map, if it does not tell
	spareRest = 5 * time.Second        // unused for so long, all are given back
)

// refresh takes the layout as it is now: one that was set since wiped the keys
// that were lent. It returns the keys that are no longer lent.
func (s *spares) refresh(m *keymap, first, last xproto.Keycode) (gone []xproto.Keycode) {
	s.free = m.spares(first, last)
	kept := s.lent[:0]
	for _, l := range s.lent {
		if r, ok := runeOf(m.keysym(l.code, 0, 0)); ok && r == l.char {
			kept = append(kept, l)
		} else {
			gone = append(gone, l.code)
		}
	}
	s.lent = kept
	return gone
}

// lend returns a key for char: a free one, else the one unused for the longest,
// if programs have read it by now, and the character that loses it. Else it says
// how long to wait for one; no key and no wait means that there is none at all.
func (s *spares) lend(char rune, now time.Time) (code xproto.Keycode, evicted rune, wait time.Duration) {
	switch {
	case len(s.free) > 0:
		code, s.free = s.free[0], s.free[1:]
	case len(s.lent) == 0:
		return 0, 0, 0
	default:
		oldest := s.lent[0]
		if wait := oldest.used.Add(spareRead).Sub(now); wait > 0 && !oldest.read {
			return 0, 0, wait
		}
		code, evicted = oldest.code, oldest.char
		s.lent = s.lent[1:]
	}
	s.lent = append(s.lent, spare{code: code, char: char, used: now})
	s.last = now
	return code, evicted, 0
}

// settle notes that programs have read all keys.
func (s *spares) settle() {
	for i := range s.lent {
		s.lent[i].read = true
	}
}

// use notes that the key of char is typed now.
func (s *spares) use(code xproto.Keycode, now time.Time) {
	for i, l := range s.lent {
		if l.code == code {
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
