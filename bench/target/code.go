package main

import "github.com/jezek/xgb/xproto"

// A code shows a number as a row of cells, white for 1: sixteen bits, high bit
// first, then four of check. Cells are large and black or white, so a lossy
// picture shows them too, and the check tells a half-drawn row. Around it is one
// black cell of quiet. bench/page/codes.ts reads it.
const (
	cell     = 8 // pixels
	bits     = 16
	checks   = 4
	codeW    = (bits + checks + 2) * cell
	codeH    = 3 * cell
	codeMask = 0xA // neither all black nor all white is a code
)

// codeBits is what the cells show, the first cell as the highest of 20 bits.
func codeBits(number uint16) uint32 {
	n := uint32(number)
	return n<<checks | (n^n>>4^n>>8^n>>12)&0xF ^ codeMask
}

// codeCells gives the quiet zone and the white cells of a code whose quiet zone
// begins at x, y.
func codeCells(number uint16, x, y int) (quiet xproto.Rectangle, white []xproto.Rectangle) {
	shown := codeBits(number)
	for i := range bits + checks {
		if shown>>(bits+checks-1-i)&1 == 1 {
			white = append(white, rect(x+(1+i)*cell, y+cell, cell, cell))
		}
	}
	return rect(x, y, codeW, codeH), white
}

func rect(x, y, w, h int) xproto.Rectangle {
	return xproto.Rectangle{X: int16(x), Y: int16(y), Width: uint16(w), Height: uint16(h)}
}
