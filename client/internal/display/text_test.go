package display_test

import (
	"image"
	"testing"
	"time"

	"pgregory.net/rapid"

	"beside/client/internal/display"
)

// Whatever part of a text is sent before it moves on, the viewer's picture becomes
// exactly the screen.
func TestTextBecomesExact(t *testing.T) {
	page := prose(640, 3000, 5)
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(200, 400).Draw(t, "w"), rapid.IntRange(100, 300).Draw(t, "h")
		e := display.NewTestEncoder()
		var v viewer
		e.ResetTo(w, h)
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			r := image.Rect(0, 0, w, h)
			if rapid.Bool().Draw(t, "window") {
				r = somewhere(t, r)
			}
			place(e.Frame(), r, page, image.Pt(0, rapid.IntRange(0, page.H-h).Draw(t, "top")))
			if rapid.Bool().Draw(t, "dark") {
				for y := r.Min.Y; y < r.Max.Y; y++ {
					for i, px := range e.Frame().Row(y, r.Min.X, r.Max.X) {
						e.Frame().Row(y, r.Min.X, r.Max.X)[i] = px ^ 0xffffff
					}
				}
			}
			e.Changed([]image.Rectangle{r}, time.Now())
			for range rapid.IntRange(0, 3).Draw(t, "sent") {
				if u, ok := e.Next(rapid.SampledFrom([]int{1, 1000, 32 << 10}).Draw(t, "budget")); ok {
					v.receive(t, u)
				}
			}
		}
		drain(t, e, &v, rapid.SampledFrom([]int{1, 4000}).Draw(t, "last budget"))
		equal(t, &v.Screen, e.Frame())
	})
}

// somewhere is a part of r.
func somewhere(t *rapid.T, r image.Rectangle) image.Rectangle {
	x := rapid.IntRange(0, r.Dx()-20).Draw(t, "x")
	y := rapid.IntRange(0, r.Dy()-20).Draw(t, "y")
	return image.Rect(x, y, rapid.IntRange(x+10, r.Max.X).Draw(t, "x1"), rapid.IntRange(y+10, r.Max.Y).Draw(t, "y1"))
}

// A page costs little where the screen shows text of the same letters: a new one, and
// one that scrolls in.
func TestTextIsRepeated(t *testing.T) {
	page := prose(1600, 4000, 6)
	e := display.NewTestEncoder()
	e.Slow(true)
	var v viewer
	e.ResetTo(1600, 900)
	show := func(top int) int {
		place(e.Frame(), e.Frame().Bounds(), page, image.Pt(0, top))
		e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
		before := v.bytes
		drain(t, e, &v, 32<<10)
		equal(t, &v.Screen, e.Frame())
		return v.bytes - before
	}
	show(0)
	if got := show(2000); got > 40_000 {
		t.Errorf("another page of the same letters takes %d bytes, want at most 40000", got)
	}
	if got := show(2066); got > 4000 {
		t.Errorf("66 rows that scroll in take %d bytes, want at most 4000", got)
	}
}

// A line that two strips share is whole with the first; nothing is left for the second.
func TestLineAcrossStrips(t *testing.T) {
	page := prose(400, 600, 7)
	e := display.NewTestEncoder()
	var v viewer
	e.ResetTo(400, 300)
	frame := e.Frame()
	e.Frame().Fill(frame.Bounds(), 0xfcfcfc)
	place(frame, image.Rect(0, 160, 400, 300), page, image.Point{})
	e.Changed([]image.Rectangle{frame.Bounds()}, time.Now())
	drain(t, e, &v, 32<<10)
	for y := 4; y < 130; y += 19 {
		place(frame, image.Rect(0, y, 400, y+12), page, image.Pt(0, 4+19*2))
	}
	e.Changed([]image.Rectangle{frame.Bounds()}, time.Now())
	drain(t, e, &v, 1)
	equal(t, &v.Screen, frame)
}
