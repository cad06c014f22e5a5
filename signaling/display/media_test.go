package display_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"

	"beside/signaling/display"
)

func deflateStreams() []golden {
	var out []golden
	for _, c := range []struct {
		name  string
		level int
	}{{"deflate", 9}, {"deflate of fixed codes and matches", 1}, {"deflate of literals", -2}} {
		body := fullPicture(picture(131, 77))
		h := display.Header{Seq: 1, Enc: display.Deflate, Reset: true, Raw: uint32(len(body))}
		msgs, _ := display.Split(nil, nil, h, packDeflate(body, c.level))
		out = append(out, golden{Name: c.name, Messages: msgs})
	}
	var s stream
	s.add(display.AppendReset(nil, 64, 64), true, display.Plain)
	b := []byte{}
	for i := range 16 { // small enough for the fixed codes of RFC 1951 §3.2.6
		b = display.AppendSolid(b, image.Rect(i, i, i+20, i+9), 0x102030)
	}
	s.add(b, false, display.Deflate)
	return append(out, golden{Name: "deflate of a small body", Messages: s.msgs})
}

// chunk stands for a codec's bytes: this package does not look into them.
func chunk(n int) []byte { return slices.Repeat([]byte{0xa1, 0x00, 0x17}, n) }

func jpegOf(w, h int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func mediaStreams() []golden {
	f := picture(131, 77)
	region := image.Rect(32, 16, 96, 77) // to the lower edge, which cuts the last blocks
	var out []golden
	add := func(name string, more func(s *stream)) {
		var s stream
		s.add(fullPicture(f), true, display.LZ4)
		more(&s)
		out = append(out, golden{Name: name, Messages: s.msgs})
	}
	add("video", func(s *stream) {
		b := display.AppendRegion(nil, 1, region, display.AV1444)
		s.add(display.AppendVideo(b, 1, true, chunk(30)), false, display.Plain)
		s.add(display.AppendVideo(nil, 1, false, chunk(5)), false, display.Plain)
		b = display.AppendSolid(nil, image.Rect(32, 16, 64, 48), 0x112233) // exact again
		s.add(display.AppendCopy(b, image.Rect(64, 16, 80, 32), image.Pt(40, 20)), false, display.Plain)
		s.add(display.AppendRegionEnd(nil, 1), false, display.Plain)
	})
	add("two regions, then exact again", func(s *stream) {
		b := display.AppendRegion(nil, 0, region, display.VP9)
		b = display.AppendRegion(b, 1, image.Rect(112, 0, 131, 16), display.AV1)
		b = display.AppendVideo(b, 1, true, chunk(3))
		s.add(display.AppendVideo(b, 0, true, chunk(4)), false, display.Plain)
		b = display.AppendPhoto(nil, f, f.Bounds())
		s.add(display.AppendHash(b, f, f.Bounds()), false, display.Plain)
	})
	add("region opened anew", func(s *stream) {
		b := display.AppendRegion(nil, 0, region, display.VP9444)
		s.add(display.AppendVideo(b, 0, true, chunk(4)), false, display.Plain)
		b = display.AppendRegion(nil, 0, image.Rect(0, 0, 16, 16), display.VP9444)
		s.add(display.AppendVideo(b, 0, true, chunk(4)), false, display.Plain)
	})
	add("jpeg", func(s *stream) {
		b := display.AppendJPEG(nil, image.Rect(0, 64, 131, 77), jpegOf(131, 13))
		b = display.AppendHash(b, f, image.Rect(0, 0, 131, 64))
		s.add(display.AppendJPEG(b, image.Rect(16, 0, 64, 32), jpegOf(48, 32)), false, display.LZ4)
	})
	add("reset ends regions and makes all known", func(s *stream) {
		b := display.AppendRegion(nil, 0, region, display.VP9)
		s.add(display.AppendVideo(b, 0, true, chunk(4)), false, display.Plain)
		b = display.AppendReset(nil, 131, 77)
		s.add(display.AppendCopy(b, image.Rect(0, 0, 50, 50), image.Pt(30, 20)), true, display.Plain)
	})
	return out
}

// repeatStreams have messages on the repeat channel.
func repeatStreams() []golden {
	var out []golden
	add := func(name string, first uint32, more func(s *stream)) {
		s := stream{seq: first}
		s.add(display.AppendReset(nil, 64, 64), true, display.Plain)
		more(&s)
		out = append(out, golden{Name: name, Messages: s.msgs, Repeats: s.repeats})
	}
	step := func(s *stream) int {
		s.add(display.AppendCopy(nil, image.Rect(1, 1, 9, 9), image.Point{}), false, display.Plain)
		s.add(display.AppendSolid(nil, image.Rect(0, 0, 9, int(s.seq%8)+1), 0x010101*(s.seq&63)), false, display.Plain)
		return len(s.msgs) - 1
	}
	add("repeats are acknowledged and paint nothing", 1<<32-4, func(s *stream) {
		for range 3 {
			i := step(s)
			s.repeat(i)
			s.repeat(i - 1)
		}
	})
	add("a repeat comes first", 6, func(s *stream) {
		i := step(s)
		late := s.msgs[i]
		s.msgs = s.msgs[:i]
		s.msgs = append(s.msgs, late) // only as a repeat, then on the ordered channel
		s.repeats = append(s.repeats, i)
		s.msgs = append(s.msgs, late)
		step(s)
	})
	add("a repeat from the future is ignored", 6, func(s *stream) {
		i := step(s)
		s.msgs[i-1], s.msgs[i] = s.msgs[i], s.msgs[i-1]
		s.repeats = append(s.repeats, i-1)
		s.msgs = append(s.msgs, s.msgs[i-1])
	})
	add("a repeat before the first reset is ignored", 6, func(s *stream) {
		i := step(s)
		s.msgs = [][]byte{s.msgs[i], s.msgs[0]}
		s.repeats = []int{0}
	})
	add("a repeat between the parts of an update", 6, func(s *stream) {
		i := step(s)
		s.add(display.AppendPhoto(nil, picture(64, 64), image.Rect(0, 0, 64, 64)), false, display.Plain)
		f := picture(300, 300)
		s.add(fullPicture(f), true, display.LZ4)
		last := s.msgs[len(s.msgs)-1]
		s.msgs = s.msgs[:len(s.msgs)-1]
		s.repeat(i)
		s.msgs = append(s.msgs, last)
	})
	return out
}

// badMedia is what goes wrong around codecs, unknown pixels and repeats.
func badMedia() []golden {
	var out []golden
	area := image.Rect(16, 16, 64, 48)
	open := display.AppendRegion(nil, 0, area, display.VP9)
	video := display.AppendVideo(open, 0, true, chunk(4))
	bad := func(name string, body []byte) {
		var s stream
		s.add(display.AppendReset(nil, 131, 77), true, display.Plain)
		s.add(body, false, display.Plain)
		out = append(out, golden{Name: name, Messages: s.msgs})
	}
	after := func(op ...byte) []byte { return slices.Concat(video, op) }
	at := func(id int, r image.Rectangle, c display.Codec) []byte { return display.AppendRegion(nil, id, r, c) }
	bad("region 2", at(2, area, display.VP9))
	bad("unknown codec", at(0, area, 5))
	bad("region cuts a block", at(0, area.Add(image.Pt(8, 0)), display.VP9))
	bad("region too small", at(0, image.Rect(16, 64, 64, 77), display.VP9))
	bad("region outside", at(0, image.Rect(112, 0, 144, 32), display.VP9))
	bad("end of a closed region", display.AppendRegionEnd(nil, 0))
	bad("end of a region with a place", slices.Concat(open, at(0, area, display.NoCodec)))
	bad("video without region", display.AppendVideo(nil, 0, true, chunk(1)))
	bad("video begins without key", display.AppendVideo(open, 0, false, chunk(1)))
	bad("video goes on without key", slices.Concat(video, open, display.AppendVideo(nil, 0, false, chunk(1))))
	bad("video of unknown flags", slices.Concat(open, []byte{9, 0, 2, 1, 0, 0, 0, 7}))
	bad("empty chunk", display.AppendVideo(open, 0, true, nil))
	bad("chunk cut short", video[:len(video)-1])
	bad("copy of unknown pixels", after(display.AppendCopy(nil, image.Rect(100, 0, 102, 2), image.Pt(15, 15))...))
	bad("copy onto a part of an unknown block", after(display.AppendCopy(nil, image.Rect(0, 0, 17, 17), image.Pt(100, 0))...))
	bad("tile on a part of an unknown block", after(display.AppendSolid(nil, image.Rect(40, 20, 131, 77), 1)...))
	bad("hash of unknown pixels", after(7, 0, 0, 0, 0, 131, 0, 77, 0, 0, 0, 0, 0))
	small := at(0, image.Rect(16, 16, 32, 32), display.AV1)
	bad("too many pictures", slices.Concat(small, slices.Repeat(display.AppendVideo(nil, 0, true, chunk(1)), 16)))
	all := display.AppendRegion(nil, 0, image.Rect(0, 0, 131, 77), display.AV1)
	bad("too much video", slices.Concat(all, slices.Repeat(display.AppendVideo(nil, 0, true, chunk(1)), 2)))
	return append(slices.Concat(out, badJPEGs()), badRepeats()...)
}

func badJPEGs() []golden {
	var out []golden
	bad := func(name string, file []byte) {
		var s stream
		s.add(display.AppendReset(nil, 131, 77), true, display.Plain)
		s.add(display.AppendJPEG(nil, image.Rect(16, 16, 48, 32), file), false, display.Plain)
		out = append(out, golden{Name: name, Messages: s.msgs})
	}
	good := jpegOf(32, 16)
	put := func(marker byte, segment ...byte) []byte { // behind SOI
		n := len(segment) + 2
		return slices.Concat(good[:2], []byte{0xff, marker, byte(n >> 8), byte(n)}, segment, good[2:])
	}
	bad("no jpeg", chunk(100))
	bad("jpeg of another size", jpegOf(16, 32))
	bad("jpeg cut short", good[:len(good)-2])
	bad("jpeg with exif", put(0xe1, 'E', 'x', 'i', 'f', 0, 0))
	bad("jpeg with a second frame", put(0xc0, 8, 0, 16, 0, 32, 1, 1, 0x11, 0))
	bad("jpeg of 12 bits", put(0xc0, 12, 0, 16, 0, 32, 1, 1, 0x11, 0))
	bad("progressive jpeg", put(0xc2, 8, 0, 16, 0, 32, 1, 1, 0x11, 0))
	bad("jpeg segment beyond the end", []byte{0xff, 0xd8, 0xff, 0xdb, 0xff, 0xff, 0, 0xff, 0xd9})
	return out
}

func badRepeats() []golden {
	var out []golden
	bad := func(name string, more func(s *stream)) {
		var s stream
		s.add(display.AppendReset(nil, 64, 64), true, display.Plain)
		more(&s)
		s.repeats = []int{len(s.msgs) - 1}
		out = append(out, golden{Name: name, Messages: s.msgs, Repeats: s.repeats})
	}
	bad("repeat of a reset", func(s *stream) { s.msgs = append(s.msgs, s.msgs[0]) })
	bad("repeat of a part", func(s *stream) { s.add(fullPicture(picture(300, 300)), true, display.LZ4) })
	bad("repeat that is malformed", func(s *stream) { s.add([]byte{99}, false, display.Plain) })
	return out
}
