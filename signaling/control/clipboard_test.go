package control_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"beside/signaling/control"
)

func TestATextComesThroughInPieces(t *testing.T) {
	for name, text := range map[string]string{
		"one piece":      "Hello",
		"just one":       strings.Repeat("é", control.MaxClipRunes),
		"one more":       strings.Repeat("é", control.MaxClipRunes+1),
		"the longest":    strings.Repeat("x", control.MaxClipboardBytes),
		"long of others": strings.Repeat("😀", control.MaxClipboardBytes/4),
		"all quotes":     strings.Repeat(`"\`, control.MaxClipRunes),
	} {
		t.Run(name, func(t *testing.T) {
			var g control.Gatherer
			pieces := control.PiecesOf(text)
			for i, piece := range pieces {
				raw, err := control.Encode(control.Clip{ID: "1", Part: i + 1, Parts: len(pieces), Text: piece})
				if err != nil {
					t.Fatal(err)
				}
				m, err := control.DecodeFromViewer(raw)
				if err != nil {
					t.Fatalf("piece %d of %d bytes: %v", i+1, len(raw), err)
				}
				c := m.(control.Clip)
				got, whole, err := g.Take(c.ID, c.Part, c.Parts, c.Text)
				if err != nil || whole != (i == len(pieces)-1) {
					t.Fatalf("piece %d: whole %v, %v", i+1, whole, err)
				}
				if whole && got != text {
					t.Errorf("%d bytes came, want %d", len(got), len(text))
				}
			}
		})
	}
}

func TestPiecesOutOfOrderAreRefused(t *testing.T) {
	type piece struct {
		id          string
		part, parts int
	}
	for name, pieces := range map[string][]piece{
		"not from the first": {{"1", 2, 2}},
		"one left out":       {{"1", 1, 3}, {"1", 3, 3}},
		"one twice":          {{"1", 1, 3}, {"1", 2, 3}, {"1", 2, 3}},
		"of another text":    {{"1", 1, 2}, {"2", 2, 2}},
		"of another number":  {{"1", 1, 2}, {"1", 2, 3}},
		"after the last":     {{"1", 1, 1}, {"1", 2, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			var g control.Gatherer
			for i, p := range pieces {
				_, _, err := g.Take(p.id, p.part, p.parts, "x")
				if last := i == len(pieces)-1; last != errors.Is(err, control.ErrPiece) {
					t.Errorf("piece %d: %v", i, err)
				}
			}
		})
	}
	var g control.Gatherer
	long := strings.Repeat("x", control.MaxClipboardBytes/2+1)
	if _, _, err := g.Take("1", 1, 2, long); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.Take("1", 2, 2, long); !errors.Is(err, control.ErrPiece) {
		t.Errorf("a text over the bound: %v", err)
	}
	// A text that was given up half way makes room for the next.
	if _, _, err := g.Take("2", 1, 2, "a"); err != nil {
		t.Fatal(err)
	}
	if text, whole, err := g.Take("3", 1, 1, "b"); text != "b" || !whole || err != nil {
		t.Errorf("the next text: %q, %v, %v", text, whole, err)
	}
}

func FuzzCleanClip(f *testing.F) {
	for _, s := range []string{"", "a\r\nb\rc", "\x1b[2J\x9b", "\xff\xfe", "tab\tand\nline", "\u202e漢😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := control.CleanClip(s)
		if !utf8.ValidString(clean) || control.CleanClip(clean) != clean {
			t.Errorf("%q becomes %q", s, clean)
		}
		if joined := strings.Join(control.PiecesOf(clean), ""); joined != clean {
			t.Errorf("pieces of %q make %q", clean, joined)
		}
		for i, piece := range control.PiecesOf(clean) {
			if _, err := control.Encode(control.Copied{ID: "1", Part: i + 1, Parts: i + 1, Text: piece}); err != nil {
				t.Errorf("piece %q: %v", piece, err)
			}
		}
	})
}
