package main

import (
	"image"
	"testing"
)

func TestCodesDifferInTheirCheck(t *testing.T) {
	for _, n := range []uint16{0, 1, 0x8000, 0xFFFF, 0x1234} {
		shown := codeBits(n)
		if shown == 0 || shown == 1<<(bits+checks)-1 {
			t.Errorf("%d: all cells are one colour", n)
		}
		for bit := range bits + checks {
			torn := shown ^ 1<<bit
			if codeBits(uint16(torn>>checks)) == torn {
				t.Errorf("%d: cell %d may be wrong unseen", n, bit)
			}
		}
	}
}

func TestCodeCells(t *testing.T) {
	quiet, white := codeCells(0x8001, 100, 50)
	if quiet != rect(100, 50, codeW, codeH) {
		t.Errorf("quiet zone: got %v", quiet)
	}
	// The first and the sixteenth bit, then the check 1^8^10.
	for i, x := range []int{108, 108 + 15*cell, 108 + 18*cell, 108 + 19*cell} {
		if i >= len(white) || white[i] != rect(x, 58, cell, cell) {
			t.Fatalf("white cells: got %v, want number %d at %d", white, i, x)
		}
	}
}

func TestBounce(t *testing.T) {
	for n, want := range map[int]int{0: 0, 7: 7, 10: 10, 13: 7, 20: 0, 27: 7} {
		if got := bounce(n, 10); got != want {
			t.Errorf("bounce(%d, 10): got %d, want %d", n, got, want)
		}
	}
}

func TestWithout(t *testing.T) {
	r := image.Rect(0, 0, 10, 10)
	for name, cover := range map[string]image.Rectangle{
		"apart": image.Rect(20, 0, 30, 10), "corner": image.Rect(5, 5, 15, 15), "inside": image.Rect(2, 3, 4, 5), "whole": r,
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[image.Point]int{}
			for _, part := range without(r, cover) {
				for y := part.Min.Y; y < part.Max.Y; y++ {
					for x := part.Min.X; x < part.Max.X; x++ {
						seen[image.Pt(x, y)]++
					}
				}
			}
			for y := range 10 {
				for x := range 10 {
					p, want := image.Pt(x, y), 1
					if p.In(cover) {
						want = 0
					}
					if seen[p] != want {
						t.Fatalf("%v is in %d parts, want %d", p, seen[p], want)
					}
				}
			}
		})
	}
}

func TestFilmIsNoMovedPicture(t *testing.T) {
	film := photograph(64, 48, 2, 1)
	same := 0
	for i, b := range film[0].Pix {
		if i%4 == 0 && b == film[1].Pix[i] {
			same++
		}
	}
	if same > 64*48/4 {
		t.Errorf("%d of %d pixels stayed", same, 64*48)
	}
}
