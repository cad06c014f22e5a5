package display_test

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"flag"
	"hash/crc32"
	"image"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/pierrec/lz4/v4"

	"beside/signaling/display"
)

var update = flag.Bool("update", false, "rewrite testdata/updates.json")

const goldenFile = "testdata/updates.json"

// golden is one stream and what a viewer shows after it. The viewer's tests
// read the same file.
type golden struct {
	Name     string   `json:"name"`
	Messages [][]byte `json:"messages"` // base64
	Repeats  []int    `json:"repeats"`  // indices of the messages that come on the repeat channel
	Acked    []uint32 `json:"acked"`    // numbers acknowledged, in order
	Error    string   `json:"error"`    // of the last message: "", malformed, gap or hash
	W        int      `json:"w"`
	H        int      `json:"h"`
	Hash     uint32   `json:"hash"`    // of the whole screen, with unknown pixels black
	Unknown  int      `json:"unknown"` // blocks
	Media    []media  `json:"media"`   // pictures handed to a codec, in order
	PlaceX   int      `json:"placeX"`
	PlaceY   int      `json:"placeY"`
	Shape    shape    `json:"shape"`
}

type media struct {
	X      int           `json:"x"`
	Y      int           `json:"y"`
	W      int           `json:"w"`
	H      int           `json:"h"`
	Codec  display.Codec `json:"codec"` // 255 for JPEG
	Region int           `json:"region"`
	Key    bool          `json:"key"`
	CRC    uint32        `json:"crc"` // of the bytes, CRC-32 (IEEE)
}

type shape struct {
	W    int    `json:"w"`
	H    int    `json:"h"`
	HotX int    `json:"hotX"`
	HotY int    `json:"hotY"`
	RGBA []byte `json:"rgba"`
}

// stream writes updates with consecutive numbers.
type stream struct {
	seq     uint32
	msgs    [][]byte
	repeats []int
}

func (s *stream) add(body []byte, reset bool, enc display.Encoding) {
	s.seq++
	packed := body
	switch enc {
	case display.LZ4:
		packed = packLZ4(body)
	case display.Deflate:
		packed = packDeflate(body, flate.BestCompression)
	}
	h := display.Header{Seq: s.seq, Enc: enc, Reset: reset, Raw: uint32(len(body))}
	s.msgs, _ = display.Split(s.msgs, nil, h, packed)
}

func packLZ4(body []byte) []byte {
	var c lz4.Compressor
	dst := make([]byte, lz4.CompressBlockBound(len(body)))
	n, err := c.CompressBlock(body, dst)
	if err != nil || n == 0 {
		panic("golden body does not compress")
	}
	return dst[:n]
}

func packDeflate(body []byte, level int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// repeat sends the message at that index again, on the repeat channel.
func (s *stream) repeat(i int) {
	s.repeats = append(s.repeats, len(s.msgs))
	s.msgs = append(s.msgs, s.msgs[i])
}

// picture has flat areas, text-like noise of few colours, a gradient and noise.
func picture(w, h int) *display.Framebuffer {
	f := new(display.Framebuffer)
	f.Resize(w, h)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range f.Pix {
		x, y := i%w, i/w
		switch {
		case x < w/4:
			f.Pix[i] = 0x336699
		case x < w/2:
			f.Pix[i] = 0x010203 * uint32(rnd.IntN(40))
		case x < 3*w/4:
			f.Pix[i] = uint32(x*3&0xff)<<16 | uint32(y*2&0xff)<<8 | uint32((x+y)&0xff)
		default:
			f.Pix[i] = rnd.Uint32() & 0xffffff
		}
	}
	return f
}

func paletteOf(f *display.Framebuffer, r image.Rectangle) *display.Palette {
	p := new(display.Palette)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if !p.AddRow(f.Row(y, r.Min.X, r.Max.X)) {
			panic("golden tile has too many colours")
		}
	}
	return p
}

func appendIndexed(b []byte, f *display.Framebuffer, r image.Rectangle) []byte {
	p := paletteOf(f, r)
	return display.AppendIndexed(display.AppendPalette(b, p), f, r, p)
}

// fullPicture is RESET and every form of tile, w and h ≥ 64.
func fullPicture(f *display.Framebuffer) []byte {
	w, h := f.W, f.H
	b := display.AppendReset(nil, w, h)
	b = display.AppendSolid(b, image.Rect(0, 0, w/4, h), f.Pix[0])
	b = appendIndexed(b, f, image.Rect(w/4, 0, w/2, h))
	b = display.AppendPhoto(b, f, image.Rect(w/2, 0, 3*w/4, h))
	return display.AppendPhoto(b, f, image.Rect(3*w/4, 0, w, h))
}

func goldenStreams() []golden {
	f := picture(131, 77)
	var out []golden
	add := func(name string, build func(s *stream)) {
		var s stream
		build(&s)
		out = append(out, golden{Name: name, Messages: s.msgs, Repeats: s.repeats})
	}
	add("reset is black", func(s *stream) { s.add(display.AppendReset(nil, 5, 3), true, display.Plain) })
	add("every form of tile", func(s *stream) { s.add(fullPicture(f), true, display.Plain) })
	add("lz4", func(s *stream) { s.add(fullPicture(f), true, display.LZ4) })
	add("many parts", func(s *stream) { s.add(fullPicture(picture(300, 300)), true, display.LZ4) })
	add("indices of 1, 2, 4 and 8 bits", indexWidths)
	add("copies overlap in all directions", func(s *stream) {
		s.add(fullPicture(f), true, display.LZ4)
		b := display.AppendCopy(nil, image.Rect(10, 20, 120, 70), image.Pt(10, 7))
		b = display.AppendCopy(b, image.Rect(3, 0, 100, 50), image.Pt(3, 27))
		b = display.AppendCopy(b, image.Rect(40, 5, 131, 60), image.Pt(30, 5))
		b = display.AppendCopy(b, image.Rect(0, 5, 90, 60), image.Pt(11, 9))
		s.add(b, false, display.Plain)
	})
	add("pointer and hash", func(s *stream) {
		b := display.AppendHash(fullPicture(f), f, f.Bounds())
		rgba := []byte{1, 2, 3, 255, 4, 5, 6, 128, 7, 8, 9, 0, 10, 11, 12, 255, 13, 14, 15, 1, 16, 17, 18, 200}
		b = display.AppendPointerShape(b, &display.PointerShape{W: 3, H: 2, HotX: 2, HotY: 1, RGBA: rgba})
		s.add(display.AppendPointerPlace(b, -7, 500), true, display.LZ4)
		s.add(display.AppendPointerPlace(nil, 12, 34), false, display.Plain)
	})
	add("pointer hidden, new size", func(s *stream) {
		s.add(fullPicture(f), true, display.LZ4)
		b := display.AppendReset(nil, 64, 65)
		s.add(display.AppendPointerShape(b, &display.PointerShape{}), true, display.Plain)
	})
	add("updates before the first reset are ignored", func(s *stream) {
		s.seq = 40
		s.add(display.AppendPointerPlace(nil, 1, 1), false, display.Plain)
		s.add(display.AppendReset(nil, 2, 2), true, display.Plain)
	})
	add("reset in the middle of an update", func(s *stream) {
		s.add(fullPicture(picture(300, 300)), true, display.LZ4)
		s.msgs, s.seq = s.msgs[:1], 0 // the channel broke; another client begins
		s.add(display.AppendReset(nil, 7, 8), true, display.Plain)
	})
	add("numbers wrap", func(s *stream) {
		s.seq = 1<<32 - 2
		s.add(display.AppendReset(nil, 2, 2), true, display.Plain)
		s.add(display.AppendSolid(nil, image.Rect(0, 0, 1, 2), 0xffee11), false, display.Plain)
	})
	out = append(out, deflateStreams()...)
	out = append(out, mediaStreams()...)
	out = append(out, repeatStreams()...)
	return append(out, badStreams()...)
}

func indexWidths(s *stream) {
	f := new(display.Framebuffer)
	f.Resize(13, 40)
	for y := range 40 {
		colours := []uint32{2, 4, 16, 252}[y/10]
		for x := range 13 {
			f.Pix[y*13+x] = uint32(y*13+x) % colours * 0x010307
		}
	}
	b := display.AppendReset(nil, 13, 40)
	for y := 0; y < 40; y += 10 {
		b = appendIndexed(b, f, image.Rect(0, y, 13, y+10))
	}
	s.add(b, true, display.Plain)
}

// play runs the stream of g through the reference decoder and fills in what it showed.
func play(g *golden) {
	var d display.Decoder
	g.Acked, g.Media, g.Error = []uint32{}, []media{}, ""
	if g.Repeats == nil {
		g.Repeats = []int{}
	}
	d.Media = func(m display.Media) error {
		r := m.Rect
		g.Media = append(g.Media, media{
			r.Min.X, r.Min.Y, r.Dx(), r.Dy(), m.Codec, m.Region, m.Key, crc32.ChecksumIEEE(m.Data),
		})
		return nil
	}
	for i, m := range g.Messages {
		receive := d.Receive
		if slices.Contains(g.Repeats, i) {
			receive = d.ReceiveRepeat
		}
		seq, ack, err := receive(m)
		if g.Error = kind(err); ack {
			g.Acked = append(g.Acked, seq)
		}
	}
	blackenUnknown(&d)
	g.W, g.H, g.Hash, g.Unknown = d.Screen.W, d.Screen.H, d.Screen.Hash(d.Screen.Bounds()), d.Unknown.Len()
	g.PlaceX, g.PlaceY = d.Place.X, d.Place.Y
	g.Shape = shape{d.Shape.W, d.Shape.H, d.Shape.HotX, d.Shape.HotY, append([]byte{}, d.Shape.RGBA...)}
}

func blackenUnknown(d *display.Decoder) {
	eachBlock(d.Screen.W, d.Screen.H, func(block image.Rectangle) {
		if d.Unknown.Touches(block) {
			d.Screen.Fill(block, 0)
		}
	})
}

func kind(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, display.ErrGap):
		return "gap"
	case errors.Is(err, display.ErrHash):
		return "hash"
	}
	return "malformed"
}

func TestGolden(t *testing.T) {
	if *update {
		all := goldenStreams()
		for i := range all {
			play(&all[i])
		}
		text, err := json.MarshalIndent(all, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(goldenFile, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range readGolden(t) {
		t.Run(want.Name, func(t *testing.T) {
			got := want
			play(&got)
			g, _ := json.Marshal(got)
			w, _ := json.Marshal(want)
			if string(g) != string(w) {
				t.Errorf("got  %.400s\nwant %.400s", g, w)
			}
		})
	}
}

func readGolden(t testing.TB) []golden {
	t.Helper()
	text, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}
