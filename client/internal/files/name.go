package files

import (
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds a name on disk, in bytes: file systems take 255, and a number may
// be put into it.
const maxName = 200

// unnamed is what a file is called of whose name nothing is left.
const unnamed = "file"

// devices are names that Windows keeps for devices, whatever extension follows.
var devices = func() map[string]bool {
	all := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true, "CLOCK$": true}
	for _, n := range "0123456789¹²³" {
		all["COM"+string(n)], all["LPT"+string(n)] = true, true
	}
	return all
}()

// Name makes a name of what the other end calls a file: what follows its last
// separator, of any system, with nothing in it that a file system or a person could
// take for something else. Names are the same on every system, so that a file that
// is handed on is as harmless there. It is never empty, and Name of it is itself.
func Name(sent string) string {
	if i := strings.LastIndexAny(sent, `/\`); i >= 0 {
		sent = sent[i+1:]
	}
	name := strings.Map(plain, strings.ToValidUTF8(sent, "_"))
	name = strings.Join(strings.Fields(name), " ")
	name = edges(name)
	name = edges(shorten(name))
	if name == "" {
		return unnamed
	}
	stem, _, _ := strings.Cut(name, ".")
	if devices[strings.ToUpper(strings.TrimSpace(stem))] {
		name = "_" + name
	}
	return name
}

// plain is r as it may stand in a name.
func plain(r rune) rune {
	switch {
	case strings.ContainsRune(`<>:"|?*`, r), r == unicode.ReplacementChar:
		return '_'
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r): // control characters, and those that turn the direction or are not seen
		return -1
	}
	return r
}

// edges takes away what hides a file, looks like an option, or is dropped by Windows.
func edges(name string) string {
	name = strings.TrimLeft(name, " .-~")
	return strings.TrimRight(name, " .~")
}

// shorten cuts a name that is too long, and keeps a short extension.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	stem, ext := split(name)
	stem = stem[:min(len(stem), maxName-len(ext))]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return stem + ext
}

// split is a name before its extension and that, which is empty when it is long.
func split(name string) (stem, ext string) {
	ext = filepath.Ext(name)
	if len(ext) > 20 || len(ext) == len(name) {
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}
