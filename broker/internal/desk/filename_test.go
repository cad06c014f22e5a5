package desk_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"beside/broker/internal/desk"
)

func TestFileName(t *testing.T) {
	for given, want := range map[string]string{
		"log.txt": "log.txt", "../../etc/passwd": "passwd", `C:\temp\a.png`: "a.png", "": "file", "..": "file", " . ": "file",
		"a\r\nb.txt": "ab.txt", "gpj.\u202eexe": "gpj.exe", `a"b:c.txt`: "a-b-c.txt", "Bühne (1).pdf": "Bühne (1).pdf", "/": "file",
		strings.Repeat("x", 200) + ".txt": strings.Repeat("x", 116) + ".txt",
	} {
		if got := desk.FileName(given); got != want {
			t.Errorf("FileName(%q) = %q, want %q", given, got, want)
		}
	}
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a.txt", "../x", "\x00", "\xff.png", "a/b\\c", strings.Repeat("ü.", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := desk.FileName(s)
		if got == "" || !utf8.ValidString(got) || utf8.RuneCountInString(got) > 120 || strings.ContainsAny(got, "/\\\"\r\n\x00") || got == "." || got == ".." {
			t.Errorf("FileName(%q) = %q", s, got)
		}
	})
}
