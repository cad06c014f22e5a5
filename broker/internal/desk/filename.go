package desk

import (
	"path"
	"strings"
	"unicode"
)

// maxFileName is in characters.
const maxFileName = 120

// FileName makes a name that people may be offered for a file out of any text: no folders, nothing that hides or
// reorders what is read, nothing that a system takes for something else. Its end, which says what it is, stays.
func FileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '/' || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return -1
		case strings.ContainsRune(`"*:<>?|`, r):
			return '-'
		}
		return r
	}, s)
	s = strings.Trim(s, " .")
	if letters := []rune(s); len(letters) > maxFileName {
		end := []rune(path.Ext(s))
		if len(end) > 16 {
			end = nil
		}
		s = string(letters[:maxFileName-len(end)]) + string(end)
	}
	if s == "" {
		return "file"
	}
	return s
}
