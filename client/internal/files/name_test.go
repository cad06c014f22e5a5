package files_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"beside/client/internal/files"
)

func TestNames(t *testing.T) {
	for sent, want := range map[string]string{
		"report.pdf":                    "report.pdf",
		"Überblick (neu).pdf":           "Überblick (neu).pdf",
		"日本語.txt":                       "日本語.txt",
		"a b\tc\nd.txt":                 "a b c d.txt",
		"../../.bashrc":                 "bashrc",
		`..\..\Start Menu\run.lnk`:      "run.lnk",
		"/etc/cron.d/job":               "job",
		`C:\Windows\System32\evil.dll`:  "evil.dll",
		"C:evil.dll":                    "C_evil.dll",
		`\\server\share\a.txt`:          "a.txt",
		"//server/share/a.txt":          "a.txt",
		`\\?\C:\a.txt`:                  "a.txt",
		`\\.\PhysicalDrive0`:            "PhysicalDrive0",
		"a.txt:Zone.Identifier":         "a.txt_Zone.Identifier",
		"a.txt::$DATA":                  "a.txt__$DATA",
		"CON":                           "_CON",
		"con.txt":                       "_con.txt",
		"aux .h":                        "_aux .h",
		"NUL.tar.gz":                    "_NUL.tar.gz",
		"Lpt1":                          "_Lpt1",
		"COM¹.txt":                      "_COM¹.txt",
		"conin$":                        "_conin$",
		"console.txt":                   "console.txt",
		".":                             "file",
		"..":                            "file",
		"...":                           "file",
		"a/":                            "file",
		"":                              "file",
		"   ":                           "file",
		"\x00\x01\x1b[31m":              "[31m",
		"invoice\u202efdp.exe":          "invoicefdp.exe",
		"a\u200bb\u2066c\ufeff.txt":     "abc.txt",
		"trailing. . .":                 "trailing",
		"-rf":                           "rf",
		"--help.txt":                    "help.txt",
		"~/.ssh/authorized_keys":        "authorized_keys",
		"~$lock.doc":                    "$lock.doc",
		"<img src=x onerror=alert(1)>":  "_img src=x onerror=alert(1)_",
		"what?*|.txt":                   "what___.txt",
		".beside-ABC.part":              "beside-ABC.part",
		".htaccess":                     "htaccess",
		"broken\xff\xfe.txt":            "broken_.txt",
		strings.Repeat("x", 300) + ".a": strings.Repeat("x", 198) + ".a",
		strings.Repeat("é", 200):        strings.Repeat("é", 100),
	} {
		if got := files.Name(sent); got != want {
			t.Errorf("Name(%q) = %q, want %q", sent, got, want)
		}
	}
}

// sound reports what is wrong with a name on some system.
func sound(name string) error {
	switch {
	case name == "" || name == "." || name == ".." || len(name) > 200 || !utf8.ValidString(name):
		return fmt.Errorf("no name")
	case strings.ContainsAny(name, `/\:<>"|?*`):
		return fmt.Errorf("a character of paths")
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return fmt.Errorf("an end that hides or is dropped")
	case !filepath.IsLocal(name):
		return fmt.Errorf("not local")
	}
	for _, r := range name {
		if r != ' ' && (!unicode.IsPrint(r) || unicode.IsSpace(r)) {
			return fmt.Errorf("%U", r)
		}
	}
	stem, _, _ := strings.Cut(name, ".")
	switch s := strings.ToUpper(strings.TrimSpace(stem)); {
	case s == "CON", s == "PRN", s == "AUX", s == "NUL":
		return fmt.Errorf("a device")
	case len(s) == 4 && (s[:3] == "COM" || s[:3] == "LPT") && s[3] >= '0' && s[3] <= '9':
		return fmt.Errorf("a device")
	}
	return nil
}

// Three hundred tricks, under one rule for all systems.
func TestNoTrickIsLeftInAName(t *testing.T) {
	heads := []string{"", "/", `\`, "../", `..\`, "./", "C:", `C:\`, `\\host\x\`, `\\?\`, "~/", "file://", "a/../", "\x00", "\u202e", " ", ".", "-", "%2e%2e/", "....//"}
	bodies := []string{"CON", "nul.txt", "a.txt:b", "a.txt ", "a.txt.", "..", ".", "", "x\ny", "COM9.log", "<script>", "a*b?", "\u2028", "lpt¹", strings.Repeat("ä", 500), "e\u0301.txt"}
	n := 0
	for _, head := range heads {
		for _, body := range bodies {
			n++
			name := files.Name(head + body)
			if err := sound(name); err != nil {
				t.Errorf("Name(%q) = %q: %v", head+body, name, err)
			}
		}
	}
	if n < 300 {
		t.Errorf("%d tricks, want 300", n)
	}
}

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"a.txt", "../x", `\\.\CON`, "a:b", "\u202e", ".", strings.Repeat("é.", 200), " con . "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		name := files.Name(sent)
		if err := sound(name); err != nil {
			t.Errorf("Name(%q) = %q: %v", sent, name, err)
		}
		if again := files.Name(name); again != name {
			t.Errorf("Name(%q) = %q, and of that %q", sent, name, again)
		}
	})
}
