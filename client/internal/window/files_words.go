package window

import (
	"strconv"
	"strings"

	"beside/signaling/texts"
)

// shownName is the name of a file, or that it is not known yet.
func shownName(f FileLine) string {
	if f.State == FilePicking || f.Name == "" {
		return texts.T("window.files.unknown")
	}
	return name(f.Name)
}

// fileWords say which way a file goes and how it stands.
func fileWords(f FileLine) string {
	size := bytesText(f.Size)
	switch {
	case f.State == FilePicking:
		return texts.T("window.files.picking")
	case f.State == FileDone && f.Out:
		return texts.T("window.files.gone", "size", size)
	case f.State == FileDone:
		return texts.T("window.files.here", "size", size)
	case f.State == FileFailed:
		return texts.T("window.files.failed")
	case f.Out:
		return texts.T("window.files.going", "moved", bytesText(f.Moved), "size", size)
	}
	return texts.T("window.files.coming", "moved", bytesText(f.Moved), "size", size)
}

// bytesText is a size as people read it.
func bytesText(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, units := float64(n), []string{"B", "kB", "MB", "GB"}
	i := 0
	for ; value >= 999.5 && i < len(units)-1; i++ {
		value /= 1000
	}
	digits := 1
	if value >= 10 {
		digits = 0
	}
	return strings.TrimSuffix(strconv.FormatFloat(value, 'f', digits, 64), ".0") + " " + units[i]
}
