package display

import (
	"fmt"
	"image"
)

// The QOI form of a tile is the chunk stream of the "Quite OK Image" format
// (qoiformat.org, version 1.0) for three channels, without its header and end
// mark: INDEX, DIFF, LUMA, RUN and RGB. It starts afresh for each tile, from
// black and with a table of 64 times black.
const (
	qoiIndex = 0x00
	qoiDiff  = 0x40
	qoiLuma  = 0x80
	qoiRun   = 0xc0
	qoiRGB   = 0xfe
)

func qoiSlot(px uint32) uint32 { return (px>>16&0xff*3 + px>>8&0xff*5 + px&0xff*7) & 63 }

func appendQOI(b []byte, f *Framebuffer, r image.Rectangle) []byte {
	var table [64]uint32
	var prev uint32
	run := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, px := range f.Row(y, r.Min.X, r.Max.X) {
			if px == prev {
				if run++; run == 62 {
					b = append(b, qoiRun|61)
					run = 0
				}
				continue
			}
			if run > 0 {
				b = append(b, qoiRun|byte(run-1))
				run = 0
			}
			if s := qoiSlot(px); table[s] == px {
				b = append(b, qoiIndex|byte(s))
			} else {
				table[s] = px
				b = appendQOIPixel(b, px, prev)
			}
			prev = px
		}
	}
	if run > 0 {
		b = append(b, qoiRun|byte(run-1))
	}
	return b
}

func appendQOIPixel(b []byte, px, prev uint32) []byte {
	dr := int8(px>>16) - int8(prev>>16)
	dg := int8(px>>8) - int8(prev>>8)
	db := int8(px) - int8(prev)
	if uint8(dr+2) < 4 && uint8(dg+2) < 4 && uint8(db+2) < 4 {
		return append(b, qoiDiff|byte(dr+2)<<4|byte(dg+2)<<2|byte(db+2))
	}
	rg, bg := dr-dg, db-dg
	if uint8(dg+32) < 64 && uint8(rg+8) < 16 && uint8(bg+8) < 16 {
		return append(b, qoiLuma|byte(dg+32), byte(rg+8)<<4|byte(bg+8))
	}
	return append(b, qoiRGB, byte(px>>16), byte(px>>8), byte(px))
}

// decodeQOI paints r of f from b and returns the bytes after the tile.
func decodeQOI(b []byte, f *Framebuffer, r image.Rectangle) ([]byte, error) {
	var table [64]uint32
	var px uint32
	run := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := f.Row(y, r.Min.X, r.Max.X)
		for x := range row {
			if run > 0 {
				run--
				row[x] = px
				continue
			}
			n, err := qoiNext(b, &table, &px, &run)
			if err != nil {
				return nil, err
			}
			b = b[n:]
			row[x] = px
		}
	}
	if run > 0 {
		return nil, fmt.Errorf("%w: qoi run beyond its tile", ErrMalformed)
	}
	return b, nil
}

// qoiNext reads one chunk: the next pixel into px, and how often it repeats
// after that into run. It returns the chunk's size.
func qoiNext(b []byte, table *[64]uint32, px *uint32, run *int) (int, error) {
	if len(b) == 0 {
		return 0, errShort
	}
	n := 1
	switch c := b[0]; {
	case c == 0xff:
		return 0, fmt.Errorf("%w: unknown qoi chunk", ErrMalformed)
	case c == qoiRGB:
		if n = 4; len(b) < n {
			return 0, errShort
		}
		*px = uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	case c&qoiRun == qoiRun:
		*run = int(c & 63)
		return n, nil
	case c&qoiRun == qoiLuma:
		if n = 2; len(b) < n {
			return 0, errShort
		}
		dg := uint32(c&63) - 32
		*px = qoiAdd(*px, dg+uint32(b[1]>>4)-8, dg, dg+uint32(b[1]&15)-8)
	case c&qoiRun == qoiDiff:
		*px = qoiAdd(*px, uint32(c>>4&3)-2, uint32(c>>2&3)-2, uint32(c&3)-2)
	default:
		*px = table[c]
		return n, nil
	}
	table[qoiSlot(*px)] = *px
	return n, nil
}

// qoiAdd adds to the three channels, each modulo 256.
func qoiAdd(px, dr, dg, db uint32) uint32 {
	return (px>>16+dr)&0xff<<16 | (px>>8+dg)&0xff<<8 | (px+db)&0xff
}
