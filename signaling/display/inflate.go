package display

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// inflater unpacks raw DEFLATE (RFC 1951) and keeps its memory for the next
// body. The zero value is ready.
type inflater struct {
	src bytes.Reader // an io.ByteReader, so that flate reads no byte too many
	r   io.ReadCloser
}

// decode unpacks src into dst, which it must fill exactly; src must end with
// the final block.
func (f *inflater) decode(dst, src []byte) error {
	f.src.Reset(src)
	if f.r == nil {
		f.r = flate.NewReader(&f.src)
	} else if err := f.r.(flate.Resetter).Reset(&f.src, nil); err != nil {
		return fmt.Errorf("%w: deflate: %w", ErrMalformed, err)
	}
	if _, err := io.ReadFull(f.r, dst); err != nil {
		return fmt.Errorf("%w: deflate: %w", ErrMalformed, err)
	}
	var more [1]byte
	if n, err := f.r.Read(more[:]); n != 0 || err != io.EOF {
		return fmt.Errorf("%w: deflate gives more than %d bytes", ErrMalformed, len(dst))
	}
	if f.src.Len() != 0 {
		return fmt.Errorf("%w: %d bytes behind the deflate stream", ErrMalformed, f.src.Len())
	}
	return nil
}
