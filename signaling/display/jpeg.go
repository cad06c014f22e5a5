package display

import (
	"encoding/binary"
	"fmt"
	"image"
)

// Markers of a JPEG file (ITU-T T.81, table B.1).
const (
	jpegSOI   = 0xd8
	jpegEOI   = 0xd9
	jpegSOF0  = 0xc0 // baseline
	jpegDHT   = 0xc4
	jpegDQT   = 0xdb
	jpegDRI   = 0xdd
	jpegSOS   = 0xda
	jpegAPP0  = 0xe0 // JFIF
	jpegAPP14 = 0xee // Adobe: says how the colours are coded
)

// checkJPEG makes sure, before a decoder sees it, that b is a baseline JPEG of 8
// bits and of size, and that nothing in it, such as EXIF or a colour profile,
// turns or recolours it. The scan itself is not looked at.
func checkJPEG(b []byte, size image.Point) error {
	if len(b) < 4 || b[0] != 0xff || b[1] != jpegSOI || b[len(b)-2] != 0xff || b[len(b)-1] != jpegEOI {
		return fmt.Errorf("%w: no jpeg", ErrMalformed)
	}
	framed := false
	for b = b[2:]; ; {
		if len(b) < 4 || b[0] != 0xff {
			return fmt.Errorf("%w: jpeg cut short", ErrMalformed)
		}
		n := int(binary.BigEndian.Uint16(b[2:]))
		if n < 2 || n > len(b)-2 {
			return fmt.Errorf("%w: jpeg segment of %d bytes", ErrMalformed, n)
		}
		segment := b[4 : 2+n]
		switch b[1] {
		case jpegAPP0, jpegAPP14, jpegDQT, jpegDHT, jpegDRI:
		case jpegSOF0:
			if framed || !isFrame(segment, size) {
				return fmt.Errorf("%w: jpeg is not of %v", ErrMalformed, size)
			}
			framed = true
		case jpegSOS:
			if !framed {
				return fmt.Errorf("%w: jpeg scan without a frame", ErrMalformed)
			}
			return nil
		default:
			return fmt.Errorf("%w: jpeg segment %#x", ErrMalformed, b[1])
		}
		b = b[2+n:]
	}
}

// isFrame reports whether the frame header is of a grey or coloured picture of
// 8 bits and that size.
func isFrame(b []byte, size image.Point) bool {
	return len(b) >= 6 && b[0] == 8 && (b[5] == 1 || b[5] == 3) && len(b) == 6+3*int(b[5]) &&
		int(binary.BigEndian.Uint16(b[1:])) == size.Y && int(binary.BigEndian.Uint16(b[3:])) == size.X
}
