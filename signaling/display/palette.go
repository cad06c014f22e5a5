package display

import "slices"

const paletteSlots = 1024 // of the hash table; a power of two well over MaxColours

// Palette collects the colours of tiles. The zero value is empty; Clear empties
// it again without giving up its memory.
type Palette struct {
	colours []uint32
	keys    [paletteSlots]uint32 // colour | taken
	index   [paletteSlots]uint8
}

const taken = 1 << 31

// Clear empties p.
func (p *Palette) Clear() {
	p.colours = p.colours[:0]
	clear(p.keys[:])
}

// Len is the number of colours.
func (p *Palette) Len() int { return len(p.colours) }

// Bits is the size of an index into p.
func (p *Palette) Bits() int {
	switch n := len(p.colours); {
	case n <= 2:
		return tileIndex1
	case n <= 4:
		return tileIndex2
	case n <= 16:
		return tileIndex4
	}
	return tileIndex8
}

// AddRow adds the colours of row. It returns false, having added some of them,
// when they do not fit.
func (p *Palette) AddRow(row []uint32) bool {
	last := uint32(taken)
	for _, px := range row {
		if px == last {
			continue
		}
		last = px
		s := p.slot(px)
		if p.keys[s] != 0 {
			continue
		}
		if len(p.colours) == MaxColours {
			return false
		}
		p.keys[s], p.index[s] = px|taken, uint8(len(p.colours))
		p.colours = append(p.colours, px)
	}
	return true
}

// slot finds the place of px in the table: its own or the free one it would get.
func (p *Palette) slot(px uint32) uint32 {
	s := px * 0x9e3779b1 >> 22
	for p.keys[s] != 0 && p.keys[s] != px|taken {
		s = (s + 1) & (paletteSlots - 1)
	}
	return s
}

// appendRow writes the indices of row, the leftmost pixel in the lowest bits,
// padded to whole bytes.
func (p *Palette) appendRow(b []byte, row []uint32, bits int) []byte {
	n := (len(row)*bits + 7) / 8
	b = slices.Grow(b, n)
	out := b[len(b) : len(b)+n]
	last, at := uint32(taken), uint8(0)
	var acc, used, next int
	for _, px := range row {
		if px != last {
			last, at = px, p.index[p.slot(px)]
		}
		acc |= int(at) << used
		if used += bits; used == 8 {
			out[next] = byte(acc)
			acc, used = 0, 0
			next++
		}
	}
	if used > 0 {
		out[next] = byte(acc)
	}
	return b[:len(b)+n]
}
