package desk_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"beside/broker/internal/desk"
)

func TestAsked(t *testing.T) {
	long := strings.Repeat("word ", 40)
	for name, tc := range map[string]struct {
		name, reach, words string
		field, subject     string // the field that breaks a rule, or the subject
	}{
		"short":                    {"Sam", "+44 20 7946 0018", "The printer is on fire", "", "The printer is on fire"},
		"the first line":           {"Sam", "sam@example.org", "No mail\nsince Monday", "", "No mail"},
		"a long line is cut":       {"Sam", "123", long, "", strings.TrimSpace(strings.Repeat("word ", 15)) + "…"},
		"no name":                  {" ", "123", "x", "name", ""},
		"a name of two lines":      {"a\nb", "123", "x", "name", ""},
		"no way to be reached":     {"Sam", "  ", "x", "reach", ""},
		"a way that is too long":   {"Sam", strings.Repeat("1", 101), "x", "reach", ""},
		"no words":                 {"Sam", "123", "\n \n", "words", ""},
		"too many words":           {"Sam", "123", strings.Repeat("x", 2001), "words", ""},
		"what reorders is refused": {"Sam", "123", "a\u202eb", "words", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tk, _, err := desk.Asked(tc.name, tc.reach, tc.words, desk.Low, desk.High)
			var field string
			if p, ok := err.(*desk.Problem); ok {
				field = p.Field
			}
			if field != tc.field || err == nil && tk.Subject != tc.subject {
				t.Errorf("Asked = %q, %v; want %q and a problem with %q", tk.Subject, err, tc.subject, tc.field)
			}
		})
	}
}

func TestSayAndWithdraw(t *testing.T) {
	tk, _, err := desk.Asked("Sam", "123", "No mail", desk.Low, desk.High)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 { // no more than a ticket's words may be
		next, err := desk.Say(tk, strings.Repeat("x", 1000))
		if err != nil {
			break
		}
		tk = next
	}
	if n := utf8.RuneCountInString(tk.Words); n > desk.MaxText || n < 3000 {
		t.Errorf("a person could say %d characters", n)
	}
	if _, err := desk.Say(tk, " "); err == nil {
		t.Error("nothing was said, and taken")
	}
	gone, done := desk.Withdraw(tk)
	if !done || gone.State != desk.Closed {
		t.Errorf("withdrawn: %v %s", done, gone.State)
	}
	if _, done := desk.Withdraw(gone); done {
		t.Error("withdrawn twice")
	}
	if _, err := desk.Say(gone, "more"); err == nil {
		t.Error("words were added to a closed ticket")
	}
}

func FuzzAsked(f *testing.F) {
	f.Add("Sam", "123", "No mail")
	f.Add("", "\x00", strings.Repeat("ü ", 300))
	f.Fuzz(func(t *testing.T, name, reach, words string) {
		tk, kept, err := desk.Asked(name, reach, words, desk.Low, desk.Low)
		if err != nil {
			return
		}
		if tk.Subject == "" || utf8.RuneCountInString(tk.Subject) > 80 || strings.Contains(tk.Subject, "\n") || !utf8.ValidString(tk.Subject) || kept == "" {
			t.Errorf("Asked(%q) = %+v, %q", words, tk, kept)
		}
	})
}
