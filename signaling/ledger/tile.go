package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// maxTileLevel is the highest level that C2SP tlog-tiles knows.
const maxTileLevel = 63

// TilePath is where a tile is served, below the log's prefix (C2SP tlog-tiles):
// tile/0/x001/067, with .p/<width> behind it unless it is full.
func TilePath(level int, n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < TileWidth {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	return fmt.Sprintf("tile/%d/%s", level, path)
}

// ParseTilePath reads what TilePath wrote; ok is false for anything else.
func ParseTilePath(path string) (level int, n int64, width int, ok bool) {
	rest, found := strings.CutPrefix(path, "tile/")
	if !found {
		return 0, 0, 0, false
	}
	first, rest, found := strings.Cut(rest, "/")
	level, err := strconv.Atoi(first)
	if !found || err != nil || level < 0 || level > maxTileLevel {
		return 0, 0, 0, false
	}
	width = TileWidth
	if at, w, partial := strings.Cut(rest, ".p/"); partial {
		if width, err = strconv.Atoi(w); err != nil || width < 1 || width >= TileWidth {
			return 0, 0, 0, false
		}
		rest = at
	}
	parts := strings.Split(rest, "/")
	if len(parts) > 6 { // 10^18 tiles
		return 0, 0, 0, false
	}
	for _, p := range parts {
		part, err := strconv.Atoi(strings.TrimPrefix(p, "x"))
		if err != nil {
			return 0, 0, 0, false
		}
		n = n*1000 + int64(part)
	}
	return level, n, width, TilePath(level, n, width) == path
}
