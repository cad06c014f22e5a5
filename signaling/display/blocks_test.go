package display_test

import (
	"image"
	"testing"

	"pgregory.net/rapid"

	"beside/signaling/display"
)

// Blocks is what a set of blocks kept one by one would be.
func TestBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 2200).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		var b display.Blocks
		b.Resize(w, h)
		model := map[image.Rectangle]bool{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			x, y := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
			r := image.Rect(x, y, rapid.IntRange(x+1, w).Draw(t, "x1"), rapid.IntRange(y+1, h).Draw(t, "y1"))
			touches, cuts, aligned := false, false, true
			eachBlock(w, h, func(block image.Rectangle) {
				if !block.Overlaps(r) {
					return
				}
				touches = touches || model[block]
				cuts = cuts || model[block] && !block.In(r)
				aligned = aligned && block.In(r)
			})
			if got := b.Touches(r); got != touches {
				t.Fatalf("Touches(%v): got %v, want %v", r, got, touches)
			}
			if got := b.Cuts(r); got != cuts {
				t.Fatalf("Cuts(%v): got %v, want %v", r, got, cuts)
			}
			if got := b.Aligned(r); got != aligned {
				t.Fatalf("Aligned(%v): got %v, want %v", r, got, aligned)
			}
			add := rapid.Bool().Draw(t, "add")
			if add {
				b.Add(r)
			} else {
				b.Remove(r)
			}
			eachBlock(w, h, func(block image.Rectangle) {
				if block.Overlaps(r) && add {
					model[block] = true
				} else if block.Overlaps(r) {
					delete(model, block)
				}
			})
			if b.Len() != len(model) {
				t.Fatalf("got %d blocks, want %d", b.Len(), len(model))
			}
		}
	})
}

func eachBlock(w, h int, do func(image.Rectangle)) {
	for y := 0; y < h; y += display.BlockSide {
		for x := 0; x < w; x += display.BlockSide {
			do(image.Rect(x, y, min(x+display.BlockSide, w), min(y+display.BlockSide, h)))
		}
	}
}
