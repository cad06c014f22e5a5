package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/jezek/xgb/xproto"
)

// scene is one thing that a desktop does. base and frame are paint functions of
// screen.draw. A frame's content carries the frame's number too, at
// path[number % len(path)], so that a picture counts only once all of it is there;
// without a path the band's code alone tells.
type scene struct {
	hz      int          // of a running scene; 0: only ever one picture at a time
	prepare func() error // what takes time: called before the scene each time
	base    func()       // the whole screen below the band
	frame   func(number int)
	path    []place
}

// newScenes gives all scenes of a screen by name.
func newScenes(s *screen) map[string]*scene {
	corner := []place{{s.width - codeW - 32, s.height - codeH - 8}}
	all := map[string]*scene{
		"code":   scrolling(s, 40, corner, func(h int) *image.RGBA { return codePage(s.width, h, 1, paper, inks) }),
		"web":    scrolling(s, 24, corner, func(h int) *image.RGBA { return articlePage(s.width, h, 1) }),
		"drag":   dragging(s),
		"switch": switching(s, corner),
		"video":  film(s, image.Rect(0, bandH, s.width, s.height)),
		"clip":   film(s, image.Rect(0, 0, 640, 360).Add(image.Pt(s.width/4/8*8, s.height/4/8*8))),
		"flood":  flooding(s, corner),
	}
	for name, still := range stills(s) {
		all[name] = still
	}
	return all
}

// prepared makes pixmaps once.
func (s *screen) prepared(pixmaps *[]xproto.Drawable, pictures func() []*image.RGBA) error {
	if len(*pixmaps) > 0 {
		return nil
	}
	for _, img := range pictures() {
		id, err := s.pixmap(img)
		if err != nil {
			return err
		}
		*pixmaps = append(*pixmaps, id)
	}
	return nil
}

// stills are scenes over one page of code that hardly change: the caret alone, a
// letter at a time, a block of another colour.
func stills(s *screen) map[string]*scene {
	var page []xproto.Drawable // the page, then the letters
	prepare := func() error {
		return s.prepared(&page, func() []*image.RGBA {
			return []*image.RGBA{codePage(s.width, s.height, 3, paper, inks), letters()}
		})
	}
	base := func() { s.copy(page[0], 0, bandH, 0, bandH, s.width, s.height-bandH) }
	const x, y = 200, 300
	return map[string]*scene{
		"caret": {hz: 2, prepare: prepare, base: base, frame: func(n int) {
			s.fill([]uint32{0xFBFBF8, 0x000000}[n&1], rect(x, y, 2, letterH))
		}},
		"typing": {hz: 10, prepare: prepare, base: base, frame: func(n int) {
			column, row := n%80, n/80%20
			if column == 0 {
				s.fill(0xFBFBF8, rect(x, y+row*letterH, 82*letterW, letterH))
			}
			s.copy(page[1], n%26*letterW, 0, x+column*letterW, y+row*letterH, letterW, letterH)
			s.fill(0x000000, rect(x+(column+1)*letterW, y+row*letterH, 2, letterH))
		}},
		"flip": {prepare: prepare, base: base, frame: func(n int) {
			s.fill(uint32(n)*0x9E3779&0xFFFFFF, rect(x, y, 160, 120))
		}},
	}
}

// scrolling moves a page four screens long up and down under the band.
func scrolling(s *screen, step int, path []place, page func(height int) *image.RGBA) *scene {
	var pixmap []xproto.Drawable
	h := s.height - bandH
	at := func(n int) int { return bounce(n*step, 3*h) }
	paint := func(n int) { s.copy(pixmap[0], 0, at(n), 0, bandH, s.width, h) }
	return &scene{hz: 60, path: path, frame: paint, base: func() { paint(0) }, prepare: func() error {
		return s.prepared(&pixmap, func() []*image.RGBA { return []*image.RGBA{page(4 * h)} })
	}}
}

// bounce goes from 0 to limit and back, for ever.
func bounce(n, limit int) int {
	n %= 2 * limit
	return min(n, 2*limit-n)
}

// dragging moves a window with text over a photograph, on a curve without end.
func dragging(s *screen) *scene {
	const w, h, period = 800, 560, 720
	var pixmaps []xproto.Drawable // the wallpaper, the window
	path := make([]place, period)
	at := make([]place, period)
	for n := range at {
		a := 2 * math.Pi * float64(n) / period
		at[n] = place{
			int(float64(s.width-w) * (0.5 + 0.5*math.Sin(3*a))),
			bandH + int(float64(s.height-bandH-h)*(0.5+0.5*math.Sin(4*a))),
		}
		path[n] = place{at[n].X + w - codeW - 32, at[n].Y + h - codeH - 16}
	}
	was := 0
	paint := func(n int) {
		old, now := at[was], at[n%period]
		was = n % period
		for _, r := range without(image.Rect(old.X, old.Y, old.X+w, old.Y+h), image.Rect(now.X, now.Y, now.X+w, now.Y+h)) {
			s.copy(pixmaps[0], r.Min.X, r.Min.Y, r.Min.X, r.Min.Y, r.Dx(), r.Dy())
		}
		s.copy(pixmaps[1], 0, 0, now.X, now.Y, w, h)
	}
	base := func() { s.copy(pixmaps[0], 0, bandH, 0, bandH, s.width, s.height-bandH); paint(0) }
	return &scene{hz: 60, path: path, frame: paint, base: base, prepare: func() error {
		return s.prepared(&pixmaps, func() []*image.RGBA {
			return []*image.RGBA{photograph(s.width, s.height, 1, 5)[0], windowPicture(w, h)}
		})
	}}
}

// windowPicture is a window with a title bar and text in it.
func windowPicture(w, h int) *image.RGBA {
	img := newPicture(w, h, border)
	write(img, serif, color.White, 12, 21, "Notes")
	inner := image.Rect(1, 30, w-1, h-1)
	draw.Draw(img, inner, codePage(inner.Dx(), inner.Dy(), 6, paper, inks), image.Point{}, draw.Src)
	return img
}

// without is what of a rectangle another does not cover.
func without(r, cover image.Rectangle) []image.Rectangle {
	in := r.Intersect(cover)
	if in.Empty() {
		return []image.Rectangle{r}
	}
	var rest []image.Rectangle
	for _, part := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, in.Min.Y)}, {image.Pt(r.Min.X, in.Max.Y), r.Max},
		image.Rect(r.Min.X, in.Min.Y, in.Min.X, in.Max.Y), image.Rect(in.Max.X, in.Min.Y, r.Max.X, in.Max.Y),
	} {
		if !part.Empty() {
			rest = append(rest, part)
		}
	}
	return rest
}

// switching shows another whole page at each picture: dark after light, as when
// somebody changes windows. The page is made by prepare.
func switching(s *screen, path []place) *scene {
	var pixmap xproto.Drawable
	seed := 10
	return &scene{path: path, base: func() {}, prepare: func() error {
		seed++
		background, colours := color.Color(paper), inks
		if seed%2 == 0 {
			background, colours = night, glows
		}
		s.next = codePage(s.width, s.height, seed, background, colours)
		if pixmap != 0 {
			xproto.FreePixmap(s.conn, xproto.Pixmap(pixmap))
		}
		var err error
		pixmap, err = s.pixmap(s.next)
		return err
	}, frame: func(int) {
		s.copy(pixmap, 0, bandH, 0, bandH, s.width, s.height-bandH)
	}}
}

// film plays half a second of photographic motion to and fro in a rectangle.
func film(s *screen, at image.Rectangle) *scene {
	const frames = 13
	var pixmaps []xproto.Drawable // the desktop around it, then the frames
	paint := func(n int) {
		s.copy(pixmaps[1+bounce(n, frames-1)], 0, 0, at.Min.X, at.Min.Y, at.Dx(), at.Dy())
	}
	base := func() { s.copy(pixmaps[0], 0, bandH, 0, bandH, s.width, s.height-bandH); paint(0) }
	path := []place{{at.Max.X - codeW - 32, at.Max.Y - codeH - 8}}
	return &scene{hz: 30, path: path, frame: paint, base: base, prepare: func() error {
		return s.prepared(&pixmaps, func() []*image.RGBA {
			desktop := codePage(s.width, s.height, 7, night, glows)
			return append([]*image.RGBA{desktop}, photograph(at.Dx(), at.Dy(), frames, 8)...)
		})
	}}
}

// flooding is a terminal in which lines run through, seven each picture.
func flooding(s *screen, path []place) *scene {
	const lineH, step, lines = 20, 7 * 20, 700
	var pixmap []xproto.Drawable // many lines, one below the other
	h := (s.height - bandH) / lineH * lineH
	base := func() { s.copy(pixmap[0], 0, 0, 0, bandH, s.width, h) }
	return &scene{hz: 60, path: path, base: base, frame: func(n int) {
		top := (n * step) % (lines*lineH - step)
		s.copy(xproto.Drawable(s.window), 0, bandH+step, 0, bandH, s.width, h-step)
		s.copy(pixmap[0], 0, top, 0, bandH+h-step, s.width, step)
	}, prepare: func() error {
		return s.prepared(&pixmap, func() []*image.RGBA {
			return []*image.RGBA{codePage(s.width, lines*lineH, 9, night, glows)}
		})
	}}
}
