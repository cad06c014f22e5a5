package display

import "fmt"

// decodeLZ4 unpacks one LZ4 block (lz4_Block_format.md) into dst, which it must
// fill exactly. It writes nowhere else and never reads outside src and dst.
func decodeLZ4(dst, src []byte) error {
	in, out := 0, 0
	for in < len(src) {
		token := src[in]
		in++
		n, next, ok := lz4Length(src, in, int(token>>4), len(dst))
		if in = next; !ok || n > len(src)-in || n > len(dst)-out {
			return fmt.Errorf("%w: lz4 literals beyond the block", ErrMalformed)
		}
		out += copy(dst[out:], src[in:in+n])
		if in += n; in == len(src) {
			break // a block ends with literals
		}
		if len(src)-in < 2 {
			return fmt.Errorf("%w: lz4 block cut short", ErrMalformed)
		}
		offset := int(src[in]) | int(src[in+1])<<8
		n, in, ok = lz4Length(src, in+2, int(token&15), len(dst))
		n += 4
		if !ok || offset == 0 || offset > out || n > len(dst)-out {
			return fmt.Errorf("%w: lz4 match outside the block", ErrMalformed)
		}
		out = lz4Match(dst, out, offset, n)
	}
	if out != len(dst) {
		return fmt.Errorf("%w: lz4 block gave %d of %d bytes", ErrMalformed, out, len(dst))
	}
	return nil
}

// lz4Length reads the rest of a length that starts with the nibble n. It is not
// ok when the bytes end or the length exceeds limit.
func lz4Length(src []byte, in, n, limit int) (length, next int, ok bool) {
	if n < 15 {
		return n, in, true
	}
	for in < len(src) && n <= limit {
		c := src[in]
		in++
		n += int(c)
		if c != 255 {
			return n, in, true
		}
	}
	return 0, in, false
}

// lz4Match repeats n bytes from offset before out; they may overlap themselves.
func lz4Match(dst []byte, out, offset, n int) int {
	for from := out - offset; n > 0; {
		c := copy(dst[out:out+n], dst[from:out])
		out += c
		n -= c
	}
	return out
}
