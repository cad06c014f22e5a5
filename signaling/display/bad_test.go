package display_test

import (
	"image"
	"slices"

	"beside/signaling/display"
)

// badStreams end in a message that a viewer must refuse.
func badStreams() []golden {
	var out []golden
	var black display.Framebuffer
	black.Resize(131, 77)
	bad := func(name string, body []byte) {
		var s stream
		s.add(display.AppendReset(nil, 131, 77), true, display.Plain)
		s.add(body, false, display.Plain)
		out = append(out, golden{Name: name, Messages: s.msgs})
	}
	tile := func(form byte, data ...byte) []byte { // 2×1 at 0,0
		return append([]byte{4, 0, 0, 0, 0, 2, 0, 1, 0, form}, data...)
	}
	bad("unknown op", []byte{99})
	bad("unknown form of tile", tile(3, 0, 0, 0))
	bad("tile cut short", tile(10, 1, 2, 3, 4, 5))
	bad("index without palette", tile(1, 0))
	bad("index beyond the palette", append([]byte{3, 1, 9, 9, 9}, tile(1, 2)...))
	bad("palette of 253", append([]byte{3, 253}, make([]byte, 3*253)...))
	bad("qoi run beyond the tile", tile(9, 0xc0|2))
	bad("qoi chunk 255", tile(9, 0xff, 0))
	bad("empty rectangle", []byte{4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3})
	bad("rectangle outside", display.AppendSolid(nil, image.Rect(130, 0, 132, 1), 0))
	bad("copy from outside", display.AppendCopy(nil, image.Rect(0, 0, 2, 2), image.Pt(130, 0)))
	bad("reset inside an update", append(display.AppendPointerPlace(nil, 1, 1), display.AppendReset(nil, 2, 2)...))
	bad("reset without its flag", display.AppendReset(nil, 2, 2))
	bad("pointer too large", []byte{5, 1, 1, 1, 0, 0, 0, 0, 0})
	bad("hot spot outside", []byte{5, 1, 0, 1, 0, 1, 0, 0, 0, 1, 2, 3, 4})
	bad("hash mismatch", append(display.AppendHash(nil, &black, black.Bounds())[:9], 1, 2, 3, 4))
	bad("too much work", slices.Repeat(display.AppendCopy(nil, black.Bounds(), image.Point{}), 5))
	out = append(out, badMedia()...)
	return append(out, badTransport()...)
}

// badTransport is what goes wrong around the ops: headers, parts, LZ4.
func badTransport() []golden {
	var out []golden
	bad := func(name string, build func(s *stream)) {
		var s stream
		s.add(display.AppendReset(nil, 131, 77), true, display.Plain)
		build(&s)
		out = append(out, golden{Name: name, Messages: s.msgs})
	}
	raw := func(s *stream, h display.Header, packed []byte, edit func(msg []byte)) {
		h.Seq = s.seq + 1
		msgs, _ := display.Split(nil, nil, h, packed)
		edit(msgs[0])
		s.msgs = append(s.msgs, msgs...)
	}
	place := display.AppendPointerPlace(nil, 1, 2)
	plain := display.Header{Raw: uint32(len(place))}
	bad("skipped update", func(s *stream) { s.seq++; s.add(place, false, display.Plain) })
	bad("part out of order", func(s *stream) { raw(s, plain, place, func(m []byte) { m[2] = 1 }) })
	bad("unknown flag", func(s *stream) { raw(s, plain, place, func(m []byte) { m[0] |= 4 }) })
	bad("unknown encoding", func(s *stream) { raw(s, plain, place, func(m []byte) { m[1] = 3 }) })
	bad("body too large", func(s *stream) { raw(s, plain, place, func(m []byte) { m[10], m[14] = 0x11, 0x11 }) })
	bad("fewer bytes than said", func(s *stream) { raw(s, plain, place, func(m []byte) { m[8]++; m[12]++ }) })
	bad("more bytes than said", func(s *stream) { raw(s, plain, place, func(m []byte) { m[8]--; m[12]-- }) })
	bad("header alone", func(s *stream) { s.msgs = append(s.msgs, make([]byte, 16)) })
	for _, c := range []struct {
		name  string
		block []byte
	}{
		{"lz4 match before the start", []byte{0x10, 7, 2, 0, 0}},
		{"lz4 offset of 0", []byte{0x10, 7, 0, 0, 0}},
		{"lz4 literals cut short", []byte{0xf0, 10, 1, 2}},
		{"lz4 too much", []byte{0x1f, 7, 1, 0, 200, 0}},
		{"lz4 too little", []byte{0x10, 7}},
	} {
		bad(c.name, func(s *stream) {
			raw(s, display.Header{Raw: 20, Enc: display.LZ4}, c.block, func([]byte) {})
		})
	}
	for _, c := range []struct {
		name  string
		block []byte // packs 20 bytes
	}{
		{"deflate cut short", packDeflate(make([]byte, 20), 9)[:3]},
		{"deflate too much", packDeflate(make([]byte, 21), 9)},
		{"deflate too little", packDeflate(make([]byte, 19), 9)},
		{"deflate with more behind", append(packDeflate(make([]byte, 20), 9), 0)},
		{"deflate match before the start", []byte{0x03, 0x02, 0x00}},
		{"deflate block of type 3", []byte{0x07}},
		{"deflate stored block with a wrong length", []byte{0x01, 20, 0, 0, 0}},
		{"deflate with two codes of nothing", []byte{0x05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
	} {
		bad(c.name, func(s *stream) {
			raw(s, display.Header{Raw: 20, Enc: display.Deflate}, c.block, func([]byte) {})
		})
	}
	return out
}
