package display

import (
	"image"
	"testing"

	wire "beside/signaling/display"
)

// Where something moved by nearly the height of the screen no whole block is left.
func TestInwardOfLessThanABlock(t *testing.T) {
	var f wire.Framebuffer
	f.Resize(200, 138)
	all := image.Rect(0, 0, 13, 9)
	for top := 121; top < 138; top++ {
		in := inward(all, image.Rect(0, top, 200, 138), &f)
		if want := (image.Rect(0, 8, 13, 9)); top <= 128 && in != want || top > 128 && !in.Empty() {
			t.Errorf("from row %d: got %v", top, in)
		}
	}
}
