package main

import (
	"embed"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// source is what the code pages show: this program.
//
//go:embed *.go
var source embed.FS

var (
	paper  = color.RGBA{0xFB, 0xFB, 0xF8, 0xFF}
	night  = color.RGBA{0x1B, 0x1F, 0x24, 0xFF}
	inks   = []color.RGBA{{0x24, 0x29, 0x2F, 0xFF}, {0xA6, 0x26, 0xA4, 0xFF}, {0x40, 0x78, 0xF2, 0xFF}, {0x50, 0xA1, 0x4F, 0xFF}, {0x9A, 0x9A, 0x9A, 0xFF}}
	glows  = []color.RGBA{{0xD0, 0xD7, 0xDE, 0xFF}, {0x7E, 0xE7, 0x87, 0xFF}, {0x79, 0xC0, 0xFF, 0xFF}, {0xFF, 0xA6, 0x57, 0xFF}}
	border = color.RGBA{0x57, 0x60, 0x6A, 0xFF}
)

// face makes a font at a size in pixels. The fonts are part of the program, so
// this cannot fail where it has worked once.
func face(ttf []byte, pixels float64) font.Face {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		panic(err)
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	return f
}

var (
	mono  = face(gomono.TTF, 15)
	serif = face(goregular.TTF, 17)
	title = face(goregular.TTF, 32)
)

func newPicture(w, h int, background color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	box(img, img.Rect, background)
	return img
}

func box(img *image.RGBA, at image.Rectangle, c color.Color) {
	draw.Draw(img, at, image.NewUniform(c), image.Point{}, draw.Src)
}

func write(img *image.RGBA, f font.Face, c color.Color, x, y int, text string) int {
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(text)
	return d.Dot.X.Ceil()
}

// codeLines gives the program's own lines, from another place for each seed.
func codeLines(seed int) func() string {
	entries, _ := source.ReadDir(".")
	var lines []string
	for _, e := range entries {
		text, _ := source.ReadFile(e.Name()) // embedded, so it is there
		lines = append(lines, strings.Split(string(text), "\n")...)
	}
	at := seed * 131
	return func() string {
		at++
		return strings.ReplaceAll(lines[at%len(lines)], "\t", "    ")
	}
}

// codePage is a page of coloured code in an editor of so many pixels, two columns
// where there is room.
func codePage(w, h, seed int, background color.Color, colours []color.RGBA) *image.RGBA {
	const lineH, columnW = 20, 900
	img := newPicture(w, h, background)
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	for left := 0; left == 0 || left+columnW/2 < w; left += columnW {
		next := codeLines(seed + left)
		column := img.SubImage(image.Rect(left, 0, min(left+columnW-20, w), h)).(*image.RGBA)
		for y := lineH; y < h+lineH; y += lineH {
			x := left + 16
			for _, word := range strings.SplitAfter(next(), " ") {
				x = write(column, mono, colours[r.IntN(len(colours))], x, y-5, word)
			}
		}
	}
	return img
}

const words = `a about after again all and are ask because before between bring button can change clear close come
could day desk do door each early end every far few file find first for from give good hand have help here how in into
is it keep key know last late leave letter light line little long look machine make many mind more morning move much
name near new night no not now of off office on one only open or order other our out over page paper part people
picture place plain point press printer problem question quick quiet read ready right room say screen see seem send
show side small so some still stop sure take tell than that the their then there they thing think this time to told
took touch try turn two under until up use very voice wait walk want was way we week well what when where which while
who why will window with without word work would write year yes you your`

// articlePage is a web page: a column of text with headings and pictures, margins
// with links.
func articlePage(w, h, seed int) *image.RGBA {
	img := newPicture(w, h, color.White)
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	vocabulary := strings.Fields(words)
	left, right := w/5, w-w/4
	for y := 60; y < h; {
		switch r.IntN(8) {
		case 0:
			write(img, title, inks[0], left, y+20, sentence(r, vocabulary, 5))
			y += 56
		case 1:
			size := image.Rect(left, y, right, y+min(240, h/4))
			draw.Draw(img, size, photograph(size.Dx(), size.Dy(), 1, seed+y)[0], image.Point{}, draw.Src)
			y += size.Dy() + 36
		default:
			for range 3 + r.IntN(5) {
				for x := left; x < right-90; {
					x = write(img, serif, inks[0], x, y, vocabulary[r.IntN(len(vocabulary))]+" ")
				}
				write(img, serif, inks[2], right+40, y, vocabulary[r.IntN(len(vocabulary))])
				y += 26
			}
			y += 22
		}
	}
	return img
}

func sentence(r *rand.Rand, vocabulary []string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(vocabulary[r.IntN(len(vocabulary))] + " ")
	}
	return strings.ToUpper(b.String()[:1]) + b.String()[1:]
}

// letters is a row of a to z, each in a cell of letterW x letterH.
func letters() *image.RGBA {
	img := newPicture(26*letterW, letterH, paper)
	for i := range 26 {
		write(img, mono, inks[0], i*letterW+1, letterH-6, string(rune('a'+i)))
	}
	return img
}

const letterW, letterH = 10, 20
