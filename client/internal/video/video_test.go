package video_test

import (
	"bytes"
	"image"
	"slices"
	"testing"
	"time"

	"beside/client/internal/video"
	"beside/signaling/display"
)

const interval = time.Second / 30

// camera films into a region of a larger picture and encodes it.
type camera struct {
	*film
	encoder video.Encoder
	picture display.Framebuffer
	n       int
}

func newCamera(t *testing.T, codec video.Codec, bitsPerSecond int) *camera {
	t.Helper()
	encoder, err := video.New(codec, bitsPerSecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(encoder.Close)
	c := &camera{film: newFilm(), encoder: encoder}
	c.picture.Resize(700, 400)
	return c
}

// shoot encodes the next picture of r. The chunk is a copy.
func (c *camera) shoot(t *testing.T, r image.Rectangle, key bool) video.Chunk {
	t.Helper()
	c.draw(&c.picture, r, c.n)
	return c.encode(t, r, key)
}

func (c *camera) encode(t *testing.T, r image.Rectangle, key bool) video.Chunk {
	t.Helper()
	chunk, err := c.encoder.Encode(&c.picture, r, time.Duration(c.n)*interval, key)
	if err != nil {
		t.Fatal(err)
	}
	if len(chunk.Data) == 0 {
		t.Fatalf("picture %d has no data", c.n)
	}
	c.n++
	return video.Chunk{Data: bytes.Clone(chunk.Data), Key: chunk.Key}
}

func TestBrowserShowsTheFilm(t *testing.T) {
	browser := startChromium(t)
	// The bounds, in dB, lie 2 below the worst that was measured; hard edges of strong colours are what 4:2:0 loses.
	regions := map[string]struct {
		image.Rectangle
		halfChroma, fullChroma float64
	}{
		"even":   {image.Rect(16, 32, 656, 392), 27, 33},
		"odd":    {image.Rect(5, 7, 326, 188), 26, 31},
		"small":  {image.Rect(0, 0, 128, 128), 25, 29},
		"tiny":   {image.Rect(3, 3, 20, 36), 21, 26},
		"narrow": {image.Rect(1, 1, 2, 200), 30, 37},
		"pixel":  {image.Rect(9, 9, 10, 10), 38, 38},
	}
	for _, codec := range video.Codecs() {
		for name, region := range regions {
			t.Run(codec.String()+"/"+name, func(t *testing.T) {
				r, least := region.Rectangle, region.halfChroma
				if codec == video.VP9444 || codec == video.AV1444 {
					least = region.fullChroma
				}
				rate := 12 * r.Dx() * r.Dy()
				if codec == video.JPEG {
					rate = 1e9
				}
				camera := newCamera(t, codec, rate)
				var chunks []video.Chunk
				for range 30 {
					chunks = append(chunks, camera.shoot(t, r, false))
				}
				got := psnr(browser.decode(t, codec, chunks, r.Size()), &camera.picture, r)
				t.Logf("%.1f dB", got)
				if got < least {
					t.Errorf("the last picture has %.1f dB, want %.0f", got, least)
				}
			})
		}
	}
}

// A wrong matrix or range shifts strong colours by ten and more.
func TestBrowserShowsColours(t *testing.T) {
	browser := startChromium(t)
	colours := []uint32{0x000000, 0xffffff, 0x808080, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x00ffff, 0xff00ff,
		0x336699, 0xc08040, 0x204020}
	r := image.Rect(10, 20, 10+64*len(colours)/2, 20+128)
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			camera := newCamera(t, codec, 20_000_000)
			patch := func(i int) image.Rectangle {
				return image.Rect(0, 0, 64, 64).Add(r.Min).Add(image.Pt(i/2*64, i%2*64))
			}
			for i, colour := range colours {
				camera.picture.Fill(patch(i), colour)
			}
			var chunks []video.Chunk
			for range 10 {
				chunks = append(chunks, camera.encode(t, r, false))
			}
			shown := browser.decode(t, codec, chunks, r.Size())
			for i, want := range colours {
				middle := patch(i).Min.Sub(r.Min).Add(image.Pt(32, 32))
				got := shown[middle.Y*r.Dx()+middle.X]
				for shift := 0; shift < 24; shift += 8 {
					if d := int(got>>shift&0xff) - int(want>>shift&0xff); d < -3 || d > 3 {
						t.Errorf("colour %06x is shown as %06x", want, got)
						break
					}
				}
			}
		})
	}
}

func TestKeysWhereAskedFor(t *testing.T) {
	browser := startChromium(t)
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			r := image.Rect(0, 0, 320, 180)
			camera := newCamera(t, codec, 1_000_000)
			var chunks []video.Chunk
			for n := range 20 {
				chunk := camera.shoot(t, r, n == 12)
				if want := n == 0 || n == 12 || codec == video.JPEG; chunk.Key != want {
					t.Errorf("picture %d: key is %v, want %v", n, chunk.Key, want)
				}
				chunks = append(chunks, chunk)
			}
			// A viewer that comes late sees the same from the key on.
			all, late := browser.decode(t, codec, chunks, r.Size()), browser.decode(t, codec, chunks[12:], r.Size())
			if !slices.Equal(all, late) {
				t.Error("decoded from the key on, the picture differs")
			}
		})
	}
}

func TestSizeChangesInMidFilm(t *testing.T) {
	browser := startChromium(t)
	sizes := []image.Rectangle{image.Rect(0, 0, 320, 180), image.Rect(40, 40, 401, 241), image.Rect(8, 8, 136, 136)}
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			camera := newCamera(t, codec, 2_000_000)
			var chunks []video.Chunk
			for _, r := range sizes {
				for n := range 8 {
					chunk := camera.shoot(t, r, false)
					if n == 0 && !chunk.Key {
						t.Errorf("the first chunk of %v is no key", r.Size())
					}
					chunks = append(chunks, chunk)
				}
				got := psnr(browser.decode(t, codec, chunks, r.Size()), &camera.picture, r)
				if got < 25 {
					t.Errorf("at %v the picture has %.1f dB", r.Size(), got)
				}
			}
		})
	}
}

func TestRateIsKept(t *testing.T) {
	r := image.Rect(0, 0, 320, 180)
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			camera := newCamera(t, codec, 0)
			// JPEG, which knows nothing of the picture before, cannot go as low.
			for _, rate := range rates(codec) {
				camera.encoder.SetRate(rate)
				sum := 0
				for n := range 90 {
					chunk := camera.shoot(t, r, false)
					if n >= 30 { // the first second is for finding the quality
						sum += len(chunk.Data) * 8
					}
				}
				got := float64(sum) / 2
				t.Logf("%.2f of %.2f Mbit/s", got/1e6, float64(rate)/1e6)
				if got > 1.25*float64(rate) || got < 0.5*float64(rate) {
					t.Errorf("takes %.0f kbit/s, was given %d", got/1000, rate/1000)
				}
			}
		})
	}
}

func rates(codec video.Codec) []int {
	if codec == video.JPEG {
		return []int{3_000_000, 1_500_000, 2_500_000}
	}
	return []int{800_000, 250_000, 1_200_000}
}

func TestRefuses(t *testing.T) {
	if _, err := video.New(99, 1); err == nil {
		t.Error("made an encoder for codec 99")
	}
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			camera := newCamera(t, codec, 1_000_000)
			for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 701, 10), image.Rect(-1, 0, 10, 10)} {
				if _, err := camera.encoder.Encode(&camera.picture, r, 0, false); err == nil {
					t.Errorf("encoded %v of a picture of 700×400", r)
				}
			}
			camera.shoot(t, image.Rect(0, 0, 64, 64), false) // and goes on
		})
	}
}

// What the encoders hold is outside of Go's heap, where only the size of the process tells.
func TestCloseFrees(t *testing.T) {
	r := image.Rect(0, 0, 640, 360)
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			camera := newCamera(t, video.JPEG, 1_000_000) // draws only
			camera.draw(&camera.picture, r, 0)
			round := func() {
				encoder, err := video.New(codec, 1_000_000)
				if err != nil {
					t.Fatal(err)
				}
				defer encoder.Close()
				for n := range 2 {
					if _, err := encoder.Encode(&camera.picture, r, time.Duration(n)*interval, false); err != nil {
						t.Fatal(err)
					}
				}
			}
			for range 10 {
				round()
			}
			const rounds = 120 // so many that a leak is more than what an allocator keeps by chance
			grown := func() int {
				before := resident(t)
				for range rounds {
					round()
				}
				return resident(t) - before
			}
			// One picture of these planes alone is 0.35 MB, an encoder 10 MB and more. An allocator
			// that takes once what it keeps does not take it again; a leak goes on.
			const most = rounds * 300 << 10
			if first := grown(); first > most {
				if second := grown(); second > most {
					t.Errorf("grew by %d KB in %d rounds, and by %d KB in as many again", first>>10, rounds, second>>10)
				}
			}
		})
	}
}

func TestEncodeAllocatesNothing(t *testing.T) {
	if !slices.Contains(video.Codecs(), video.AV1) {
		t.Skip("the standard library's JPEG allocates")
	}
	r := image.Rect(0, 0, 320, 180)
	for _, codec := range video.Codecs() {
		t.Run(codec.String(), func(t *testing.T) {
			camera := newCamera(t, codec, 1_000_000)
			camera.shoot(t, r, false)
			at := time.Duration(0)
			if n := testing.AllocsPerRun(20, func() {
				at += interval
				if _, err := camera.encoder.Encode(&camera.picture, r, at, false); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%v allocations a picture", n)
			}
		})
	}
}
