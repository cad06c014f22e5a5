package input

import "github.com/jezek/xgb/xproto"

// keymap is one reading of the keyboard's layout: what each key gives under
// which modifiers. It is never changed.
type keymap struct {
	types []keyType
	keys  [256]keySyms
	mods  [256]byte // modifier mask that each key sets
}

// keyType says which modifiers choose which level of a key.
type keyType struct {
	mask   byte
	levels []keyLevel
}

type keyLevel struct {
	mods  byte
	level int
}

// keySyms is what one key gives: width keysyms for each group.
type keySyms struct {
	types     [4]byte // of each group
	groupInfo byte
	width     int
	syms      []uint32
}

// keysym returns what the key gives in a group under modifiers.
func (m *keymap) keysym(code xproto.Keycode, group, mods byte) uint32 {
	k := &m.keys[code]
	groups := int(k.groupInfo & 0x0f)
	if groups == 0 {
		return keysymNone
	}
	g := k.group(int(group), groups)
	t := &m.types[k.types[g]]
	level := 0
	for _, l := range t.levels {
		if l.mods == mods&t.mask {
			level = l.level
			break
		}
	}
	i := g*k.width + level
	if level >= k.width || i >= len(k.syms) {
		return keysymNone
	}
	return k.syms[i]
}

// group brings a group that the key does not have into its range, as the key
// says: by wrapping, by clamping, or to one fixed group.
func (k *keySyms) group(group, groups int) int {
	if group < groups {
		return group
	}
	switch k.groupInfo & 0xc0 {
	case 0x40:
		return groups - 1
	case 0x80:
		if to := int(k.groupInfo>>4) & 0x03; to < groups {
			return to
		}
		return 0
	}
	return group % groups
}

// stroke is how a character is typed: one key under modifiers that are pressed
// for it.
type stroke struct {
	code xproto.Keycode
	mods []xproto.Keycode
}

// strokes returns how to type each character that the layout has in group,
// while the modifiers of locked are on: under nothing, Shift, AltGr or both,
// whichever needs the least.
func (m *keymap) strokes(group, locked byte) map[rune]stroke {
	shift, shiftMask := m.modifier(keysymShiftL, keysymShiftR)
	level3, level3Mask := m.modifier(keysymLevel3, keysymModSwitch)
	found := make(map[rune]stroke)
	for _, with := range []struct {
		mask byte
		keys []xproto.Keycode
		ok   bool
	}{
		{0, nil, true},
		{shiftMask, []xproto.Keycode{shift}, shift != 0},
		{level3Mask, []xproto.Keycode{level3}, level3 != 0},
		{shiftMask | level3Mask, []xproto.Keycode{shift, level3}, shift != 0 && level3 != 0},
	} {
		if !with.ok {
			continue
		}
		for code := range m.keys {
			if m.mods[code] != 0 {
				continue
			}
			r, ok := runeOf(m.keysym(xproto.Keycode(code), group, locked|with.mask))
			if _, easier := found[r]; ok && !easier {
				found[r] = stroke{xproto.Keycode(code), with.keys}
			}
		}
	}
	return found
}

// modifier returns a key that gives one of the keysyms and the modifier mask
// that it sets; 0 when there is none.
func (m *keymap) modifier(keysyms ...uint32) (xproto.Keycode, byte) {
	for _, want := range keysyms {
		for code := range m.keys {
			if m.mods[code] != 0 && m.keysym(xproto.Keycode(code), 0, 0) == want {
				return xproto.Keycode(code), m.mods[code]
			}
		}
	}
	return 0, 0
}

// keysOf lists the keys that set a modifier of mask.
func (m *keymap) keysOf(mask byte) []byte {
	var out []byte
	for code, mods := range m.mods {
		if mods&mask != 0 {
			out = append(out, byte(code))
		}
	}
	return out
}

// find returns a key that gives keysym by itself in the first layout.
func (m *keymap) find(keysym uint32) (xproto.Keycode, bool) {
	for code := range m.keys {
		if m.keysym(xproto.Keycode(code), 0, 0) == keysym {
			return xproto.Keycode(code), true
		}
	}
	return 0, false
}

// spares lists the keys that give nothing at all.
func (m *keymap) spares(first, last xproto.Keycode) []xproto.Keycode {
	var out []xproto.Keycode
	// The lowest number is that of no key; some programs take it for an error.
	for code := int(first) + 1; code <= int(last); code++ {
		if m.mods[code] == 0 && m.keys[code].empty() {
			out = append(out, xproto.Keycode(code))
		}
	}
	return out
}

func (k *keySyms) empty() bool {
	for _, s := range k.syms {
		if s != keysymNone {
			return false
		}
	}
	return true
}
