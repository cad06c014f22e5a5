// Package coding is what the codecs' thin packages have in common: how an encoder
// is opened. It needs none of the libraries.
package coding

import "math/bits"

// Config is what an encoder is opened with.
type Config struct {
	Width, Height int  // pixels
	FullChroma    bool // 4:4:4
	BitsPerSecond int
	Threads       int
}

// leastColumn is how narrow a tile column may be, in pixels (AV1 and VP9 alike).
const leastColumn = 256

// TileColumns is the log2 of how many columns are coded side by side: one a thread, none narrower than 256 pixels.
func (c Config) TileColumns() int {
	return bits.Len(uint(max(1, min(c.Threads, c.Width/leastColumn)))) - 1
}
