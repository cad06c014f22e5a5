package display_test

import (
	"bytes"
	"errors"
	"image"
	"testing"
	"time"

	"pgregory.net/rapid"

	"beside/signaling/display"
)

// FuzzDecoder feeds two messages, the second on either channel, to a decoder
// that shows a picture; it must neither panic nor take memory beyond the
// format's limits.
func FuzzDecoder(f *testing.F) {
	for _, g := range readGolden(f) {
		last := g.Messages[len(g.Messages)-1]
		f.Add(last, last, len(g.Repeats) > 0)
		f.Add(g.Messages[0], last, len(g.Repeats) > 0)
	}
	start := startOf(64, 64)
	f.Fuzz(func(t *testing.T, a, b []byte, repeat bool) {
		var d display.Decoder
		for i, m := range [][]byte{start, a, b} {
			if len(m) > 16 && slowReset(m[16:]) {
				return
			}
			receive := d.Receive
			if repeat && i == 2 {
				receive = d.ReceiveRepeat
			}
			if _, _, err := receive(m); err != nil && kind(err) == "malformed" && !errors.Is(err, display.ErrMalformed) {
				t.Fatalf("untyped error %v", err)
			}
		}
		if d.Screen.W > display.MaxSide || d.Screen.H > display.MaxSide || len(d.Screen.Pix) != d.Screen.W*d.Screen.H {
			t.Fatalf("screen of %d×%d with %d pixels", d.Screen.W, d.Screen.H, len(d.Screen.Pix))
		}
	})
}

// FuzzBody reaches the ops behind the header: any body, in every encoding.
func FuzzBody(f *testing.F) {
	for _, g := range readGolden(f) {
		if last := g.Messages[len(g.Messages)-1]; len(last) > 16 && len(last) < 1<<12 {
			f.Add(last[16:], last[0]&2 != 0)
		}
	}
	f.Add(fullPicture(picture(64, 64)), true)
	f.Add([]byte{4, 0, 0, 0, 0, 2, 0, 1, 0, 9, 0xc1}, false)
	f.Add([]byte{0x1f, 7, 1, 0, 200, 0}, true)
	start := startOf(64, 64)
	f.Fuzz(func(t *testing.T, body []byte, reset bool) {
		var d display.Decoder
		s := stream{seq: 1, msgs: [][]byte{start}}
		if len(body) > 0 && len(body) <= display.MaxBody && !slowReset(body) {
			s.add(body, reset, display.Plain)
			for _, enc := range []display.Encoding{display.LZ4, display.Deflate} {
				h := display.Header{Seq: 2, Enc: enc, Reset: reset, Raw: uint32(min(4*len(body), display.MaxBody))}
				msgs, _ := display.Split(nil, nil, h, body)
				s.msgs = append(append(s.msgs, start), msgs...)
			}
		}
		for _, m := range s.msgs {
			_, _, _ = d.Receive(m)
		}
	})
}

// startOf is one message that shows a picture of w×h.
func startOf(w, h int) []byte {
	var s stream
	s.add(fullPicture(picture(w, h)), true, display.LZ4)
	return s.msgs[0]
}

// slowReset says that a body asks for a screen that is allowed, and too large
// to clear thousands of times.
func slowReset(body []byte) bool {
	return len(body) > 4 && body[0] == 1 && (body[2] > 2 || body[4] > 2)
}

// The bytes are those of viewer/src/display/golden.test.ts.
func TestAck(t *testing.T) {
	for _, c := range []struct {
		name string
		ack  display.Ack
		want []byte
	}{
		{"steps of 100 µs", display.Ack{Seq: 0x04030201, Paint: 1300 * time.Microsecond, Begun: 1024},
			[]byte{1, 1, 2, 3, 4, 13, 0, 0, 4, 0, 0}},
		{"all it can say", display.Ack{Seq: 1<<32 - 1, Paint: display.Rested, Begun: 2},
			[]byte{1, 255, 255, 255, 255, 255, 255, 2, 0, 0, 0}},
	} {
		got := display.AppendAck(nil, c.ack)
		if !bytes.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if fb, err := display.ParseFeedback(c.want); err != nil || *fb.Ack != c.ack {
			t.Errorf("%s: read as %+v (%v), want %+v", c.name, fb.Ack, err, c.ack)
		}
	}
	for _, size := range []int{0, 1, 7, 10, 12} {
		if _, err := display.ParseFeedback(append([]byte{1}, make([]byte, size)...)[:size]); err == nil {
			t.Errorf("an ACK of %d bytes is accepted", size)
		}
	}
}

func FuzzFeedback(f *testing.F) {
	f.Add(display.AppendAck(nil, display.Ack{Seq: 7, Paint: time.Millisecond, Begun: 1 << 31}))
	f.Add(display.AppendResync(nil, display.Resync{Seq: 9, Reason: display.ReasonHash}))
	f.Fuzz(func(t *testing.T, msg []byte) {
		fb, err := display.ParseFeedback(msg)
		if err != nil {
			if !errors.Is(err, display.ErrMalformed) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		var again []byte
		if fb.Ack != nil {
			again = display.AppendAck(nil, *fb.Ack)
		} else {
			again = display.AppendResync(nil, *fb.Resync)
		}
		if !bytes.Equal(again, msg) {
			t.Fatalf("%x became %x", msg, again)
		}
	})
}

// After any error the decoder drops everything until a RESET, and then shows
// the right picture.
func TestLostUntilReset(t *testing.T) {
	var d display.Decoder
	var s stream
	s.add(fullPicture(picture(64, 64)), true, display.LZ4)
	s.seq++ // an update is lost
	s.add(display.AppendPointerPlace(nil, 1, 1), false, display.Plain)
	s.add(display.AppendPointerPlace(nil, 2, 2), false, display.Plain)
	s.add(fullPicture(picture(80, 70)), true, display.LZ4)
	var errs, painted int
	for _, m := range s.msgs {
		_, done, err := d.Receive(m)
		if err != nil {
			errs++
		}
		if done {
			painted++
		}
	}
	want := picture(80, 70)
	if errs != 1 || painted != 2 || d.Screen.Hash(d.Screen.Bounds()) != want.Hash(want.Bounds()) {
		t.Errorf("got %d errors, %d painted, screen %d×%d; want 1, 2 and the last picture", errs, painted, d.Screen.W, d.Screen.H)
	}
}

// Every tile the helpers write decodes to the same pixels.
func TestTilesAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 70).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		colours := rapid.SampledFrom([]int{1, 2, 3, 4, 9, 17, 252}).Draw(t, "colours")
		many := rapid.Bool().Draw(t, "many")
		var f display.Framebuffer
		f.Resize(w, h)
		for i := range f.Pix {
			if many {
				f.Pix[i] = rapid.Uint32Range(0, 1<<24-1).Draw(t, "px")
			} else {
				f.Pix[i] = uint32(rapid.IntRange(0, colours-1).Draw(t, "px")) * 0x010409
			}
		}
		x0, y0 := rapid.IntRange(0, w-1).Draw(t, "x0"), rapid.IntRange(0, h-1).Draw(t, "y0")
		r := image.Rect(x0, y0, rapid.IntRange(x0+1, w).Draw(t, "x1"), rapid.IntRange(y0+1, h).Draw(t, "y1"))
		b := display.AppendReset(nil, w, h)
		if many {
			b = display.AppendPhoto(b, &f, r)
		} else {
			b = appendIndexed(b, &f, r)
		}
		var s stream
		s.add(display.AppendHash(b, &f, r), true, display.Plain)
		var d display.Decoder
		for _, m := range s.msgs {
			if _, _, err := d.Receive(m); err != nil {
				t.Fatal(err)
			}
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			got, want := d.Screen.Row(y, r.Min.X, r.Max.X), f.Row(y, r.Min.X, r.Max.X)
			for x := range want {
				if got[x] != want[x] {
					t.Fatalf("pixel %d,%d: got %06x, want %06x", r.Min.X+x, y, got[x], want[x])
				}
			}
		}
	})
}

// The decoder of the format reads what an independent LZ4 writes.
func TestLZ4IsInteroperable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "piece")
		body := display.AppendReset(nil, 300, 300)
		for range rapid.IntRange(20, 300).Draw(t, "times") {
			px := uint32(piece[len(body)%len(piece)])
			body = display.AppendSolid(body, image.Rect(len(body)%290, len(piece), len(body)%290+3, len(piece)+5), px)
		}
		var plain, packed stream
		plain.add(body, true, display.Plain)
		packed.add(body, true, display.LZ4)
		var a, b display.Decoder
		for _, m := range plain.msgs {
			if _, _, err := a.Receive(m); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range packed.msgs {
			if _, _, err := b.Receive(m); err != nil {
				t.Fatal(err)
			}
		}
		if a.Screen.Hash(a.Screen.Bounds()) != b.Screen.Hash(b.Screen.Bounds()) {
			t.Fatal("packed body paints another picture")
		}
	})
}
