package display_test

import (
	"image"
	"image/color"
	stddraw "image/draw"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"

	"beside/client/internal/display"
	wire "beside/signaling/display"
)

// failer is what tests and rapid checks have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// viewer is the reference decoder on the other end of an Encoder.
type viewer struct {
	wire.Decoder
	bytes int
}

func (v *viewer) receive(t failer, u display.Update) {
	t.Helper()
	for i, m := range u.Messages {
		v.bytes += len(m)
		seq, done, err := v.Receive(m)
		if err != nil {
			t.Fatalf("update %d: %v", u.Seq, err)
		}
		if last := i == len(u.Messages)-1; done != last || done && seq != u.Seq {
			t.Fatalf("update %d, part %d: got %d, done %v", u.Seq, i, seq, done)
		}
	}
}

func equal(t failer, got, want *wire.Framebuffer) {
	t.Helper()
	if got.W != want.W || got.H != want.H {
		t.Fatalf("got %d×%d, want %d×%d", got.W, got.H, want.W, want.H)
	}
	if slices.Equal(got.Pix, want.Pix) {
		return
	}
	for i := range want.Pix {
		if got.Pix[i] != want.Pix[i] {
			t.Fatalf("pixel %d,%d: got %06x, want %06x", i%want.W, i/want.W, got.Pix[i], want.Pix[i])
		}
	}
}

// drain sends everything that is pending.
func drain(t failer, e *display.Encoder, v *viewer, budget int) {
	t.Helper()
	for e.Pending() {
		u, ok := e.Next(budget)
		if !ok {
			t.Fatal("pending, but nothing to send")
		}
		v.receive(t, u)
	}
}

// text draws lines of random glyphs, the way a page of text looks.
func text(f *wire.Framebuffer, r image.Rectangle, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	f.Fill(r, 0xfafafa)
	for y := r.Min.Y + 2; y+12 <= r.Max.Y; y += 16 {
		for x := r.Min.X + 2; x+7 <= r.Max.X; x += 8 {
			if rnd.IntN(6) == 0 {
				continue
			}
			for gy := range 12 {
				for gx := range 6 {
					if rnd.IntN(3) == 0 {
						f.Row(y+gy, x+gx, x+gx+1)[0] = uint32(rnd.IntN(8)) * 0x111111
					}
				}
			}
		}
	}
}

// Whatever happens to a screen, and however little is sent at a time, the
// viewer's picture becomes exactly the screen, and its self-check agrees.
func TestPictureBecomesExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 400).Draw(t, "w"), rapid.IntRange(1, 300).Draw(t, "h")
		e := display.NewTestEncoder()
		var v viewer
		var src wire.Framebuffer
		src.Resize(w, h)
		text(&src, src.Bounds(), 1)
		begin := func() {
			e.ResetTo(w, h)
			copy(e.Frame().Pix, src.Pix)
			e.Changed([]image.Rectangle{src.Bounds()}, time.Now())
		}
		begin()
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.IntRange(0, 9).Draw(t, "rejoin") == 0 {
				v = viewer{}
				begin()
			}
			var damage []image.Rectangle
			for range rapid.IntRange(1, 3).Draw(t, "at once") {
				damage = append(damage, draw(t, &src))
			}
			copy(e.Frame().Pix, src.Pix)
			e.Changed(damage, time.Now())
			budget := rapid.SampledFrom([]int{1, 500, 4000, 32 << 10}).Draw(t, "budget")
			if rapid.Bool().Draw(t, "wait") { // the viewer gets only a part before the next change
				if u, ok := e.Next(budget); ok {
					v.receive(t, u)
				}
				continue
			}
			drain(t, e, &v, budget)
			equal(t, &v.Screen, e.Frame())
			if left, _ := e.Left(); left != 0 {
				t.Fatalf("the shadow differs from the frame in %d pixels", left)
			}
		}
		drain(t, e, &v, 32<<10)
		equal(t, &v.Screen, e.Frame())
		for u, ok := e.NextHash(10_000); ok; u, ok = e.NextHash(10_000) {
			v.receive(t, u)
		}
	})
}

// draw changes f at random and returns where.
func draw(t *rapid.T, f *wire.Framebuffer) image.Rectangle {
	x0, y0 := rapid.IntRange(0, f.W-1).Draw(t, "x0"), rapid.IntRange(0, f.H-1).Draw(t, "y0")
	r := image.Rect(x0, y0, rapid.IntRange(x0+1, f.W).Draw(t, "x1"), rapid.IntRange(y0+1, f.H).Draw(t, "y1"))
	seed := rapid.Uint64().Draw(t, "seed")
	switch rapid.SampledFrom([]string{"fill", "text", "noise", "gradient", "scroll", "move", "shift"}).Draw(t, "draw") {
	case "fill":
		f.Fill(r, uint32(seed)&0xffffff)
	case "text":
		text(f, r, seed)
	case "noise":
		noise(f, r, seed)
	case "gradient":
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := range f.Row(y, r.Min.X, r.Max.X) {
				f.Row(y, r.Min.X, r.Max.X)[x] = uint32(x&255)<<16 | uint32(y&255)<<8 | uint32((x+y)&255)
			}
		}
	case "scroll":
		n := min(r.Dy()-1, 1+int(seed%60))
		f.Copy(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Max.Y-n), r.Min.Add(image.Pt(0, n)))
	case "move":
		n := min(r.Dy()-1, 1+int(seed%60))
		f.Copy(image.Rect(r.Min.X, r.Min.Y+n, r.Max.X, r.Max.Y), r.Min)
	case "shift":
		return r.Union(shift(t, f, r))
	}
	return r
}

// shift moves what r shows somewhere else, and returns where. What it uncovers
// stays or is drawn anew.
func shift(t *rapid.T, f *wire.Framebuffer, r image.Rectangle) image.Rectangle {
	to := r.Add(image.Pt(rapid.IntRange(-r.Min.X, f.W-r.Max.X).Draw(t, "dx"), rapid.IntRange(-r.Min.Y, f.H-r.Max.Y).Draw(t, "dy")))
	f.Copy(to, r.Min)
	if rapid.Bool().Draw(t, "uncover") {
		text(f, image.Rect(r.Min.X, r.Min.Y, r.Max.X, to.Min.Y), 5)
		text(f, image.Rect(r.Min.X, r.Min.Y, to.Min.X, r.Max.Y), 6)
	}
	return to
}

// A scrolled page costs little more than the lines that came into view.
func TestScrollIsACopy(t *testing.T) {
	const w, h = 1200, 800
	for _, dy := range []int{40, -23, 7} {
		e := display.NewTestEncoder()
		var v viewer
		e.ResetTo(w, h)
		f := e.Frame()
		f.Fill(f.Bounds(), 0x336699)
		page := image.Rect(75, 61, 1103, 777)
		text(f, page, 3)
		e.Changed([]image.Rectangle{f.Bounds()}, time.Now())
		drain(t, e, &v, 32<<10)
		before := v.bytes

		var fresh wire.Framebuffer
		fresh.Resize(w, h)
		text(&fresh, page, 9)
		if dy > 0 {
			f.Copy(image.Rect(page.Min.X, page.Min.Y, page.Max.X, page.Max.Y-dy), page.Min.Add(image.Pt(0, dy)))
			paste(f, &fresh, image.Rect(page.Min.X, page.Max.Y-dy, page.Max.X, page.Max.Y))
		} else {
			f.Copy(image.Rect(page.Min.X, page.Min.Y-dy, page.Max.X, page.Max.Y), page.Min)
			paste(f, &fresh, image.Rect(page.Min.X, page.Min.Y, page.Max.X, page.Min.Y-dy))
		}
		e.Changed([]image.Rectangle{page}, time.Now())
		drain(t, e, &v, 32<<10)
		equal(t, &v.Screen, f)
		strip := max(dy, -dy)*page.Dx()/8*3 + 4096
		if got := v.bytes - before; got > strip {
			t.Errorf("scroll by %d took %d bytes, want at most %d (the page took %d)", dy, got, strip, before)
		}
	}
}

func paste(dst, src *wire.Framebuffer, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(dst.Row(y, r.Min.X, r.Max.X), src.Row(y, r.Min.X, r.Max.X))
	}
}

// A small change does not wait behind a big one.
func TestSmallChangeOvertakesBigRefresh(t *testing.T) {
	const w, h = 1600, 1000
	e := display.NewTestEncoder()
	var v viewer
	e.ResetTo(w, h)
	text(e.Frame(), e.Frame().Bounds(), 1)
	e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
	u, _ := e.Next(16 << 10)
	v.receive(t, u)
	typed := image.Rect(1400, 900, 1412, 920)
	e.Frame().Fill(typed, 0xff0000)
	e.Changed([]image.Rectangle{typed}, time.Now())
	u, _ = e.Next(16 << 10)
	v.receive(t, u)
	if !e.Pending() {
		t.Fatal("the picture fitted one slice; the test tests nothing")
	}
	if got := v.Screen.Row(910, 1405, 1406)[0]; got != 0xff0000 {
		t.Errorf("pixel of the small change: got %06x", got)
	}
	if u.Bytes > 2*(16<<10) {
		t.Errorf("slice of %d bytes, want about %d", u.Bytes, 16<<10)
	}
}

func TestSmallChangeAllocatesNothing(t *testing.T) {
	e := display.NewTestEncoder()
	var v viewer
	e.ResetTo(800, 600)
	text(e.Frame(), e.Frame().Bounds(), 1)
	e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
	drain(t, e, &v, 32<<10)
	n := uint64(0)
	rects := []image.Rectangle{image.Rect(100, 100, 112, 120)}
	change := func() {
		n++
		text(e.Frame(), rects[0], n)
	}
	alone := testing.AllocsPerRun(100, change)
	got := testing.AllocsPerRun(100, func() {
		change()
		e.Changed(rects, time.Now())
		e.Next(32 << 10)
	})
	if got > alone {
		t.Errorf("a small change allocates %v times, want 0", got-alone)
	}
}

// A letter with soft edges takes less than a colour and an index for each of its pixels.
func TestLettersAreShort(t *testing.T) {
	parsed, err := opentype.Parse(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 16, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	e := display.NewTestEncoder()
	e.ResetTo(640, 480)
	var v viewer
	e.Frame().Fill(e.Frame().Bounds(), 0xfbfbf8)
	e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
	drain(t, e, &v, 32<<10)
	bytes := 0
	for i := range 26 {
		img := image.NewRGBA(image.Rect(0, 0, 10, 20))
		stddraw.Draw(img, img.Rect, image.NewUniform(color.RGBA{0xfb, 0xfb, 0xf8, 255}), image.Point{}, stddraw.Src)
		pen := font.Drawer{Dst: img, Src: image.NewUniform(color.RGBA{0x20, 0x30, 0x60, 255}), Face: face, Dot: fixed.P(0, 15)}
		pen.DrawString(string(rune('a' + i)))
		at := image.Rect(100, 101, 110, 121).Add(image.Pt(10*i, 0))
		for y := range 20 {
			for x := range 10 {
				c := img.RGBAAt(x, y)
				e.Frame().Row(at.Min.Y+y, at.Min.X+x, at.Min.X+x+1)[0] = uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B)
			}
		}
		e.Changed([]image.Rectangle{at}, time.Now())
		u, _ := e.Next(32 << 10)
		bytes += u.Bytes
		v.receive(t, u)
		equal(t, &v.Screen, e.Frame())
	}
	if most := 220; bytes/26 > most {
		t.Errorf("a letter takes %d bytes, want at most %d", bytes/26, most)
	}
}

func BenchmarkSmallChange(b *testing.B) {
	e := display.NewTestEncoder()
	e.ResetTo(1920, 1080)
	rects := []image.Rectangle{image.Rect(100, 100, 112, 120)}
	e.Next(1)
	for i := 0; b.Loop(); i++ {
		e.Frame().Fill(rects[0], uint32(i)&0xffffff)
		e.Changed(rects, time.Now())
		e.Next(32 << 10)
	}
}

func BenchmarkFullPage(b *testing.B) {
	e := display.NewTestEncoder()
	var f wire.Framebuffer
	f.Resize(1920, 1080)
	text(&f, f.Bounds(), 1)
	bytes := 0
	for b.Loop() {
		e.ResetTo(1920, 1080)
		copy(e.Frame().Pix, f.Pix)
		e.Changed([]image.Rectangle{f.Bounds()}, time.Now())
		for bytes = 0; e.Pending(); {
			u, _ := e.Next(32 << 10)
			bytes += u.Bytes
		}
	}
	b.ReportMetric(float64(bytes), "bytes")
}

func BenchmarkScroll(b *testing.B) {
	e := display.NewTestEncoder()
	var f wire.Framebuffer
	f.Resize(1920, 3000)
	text(&f, f.Bounds(), 1)
	e.ResetTo(1920, 1080)
	bytes := 0
	for i := 0; b.Loop(); i++ {
		copy(e.Frame().Pix, f.Pix[1920*(i*40%1900):])
		e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
		for bytes = 0; e.Pending(); {
			u, _ := e.Next(32 << 10)
			bytes += u.Bytes
		}
	}
	b.ReportMetric(float64(bytes), "bytes")
}
