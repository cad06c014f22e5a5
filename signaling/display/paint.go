package display

import (
	"encoding/binary"
	"fmt"
	"image"
)

// paint runs the ops of a body.
func (d *Decoder) paint(b []byte) error {
	d.palette = d.palette[:0]
	d.pictures = 0
	d.work = workFactor * d.Screen.W * d.Screen.H
	if d.head.Reset != (b[0] == opReset) {
		return fmt.Errorf("%w: reset flag and first op disagree", ErrMalformed)
	}
	for first := true; len(b) > 0; first = false {
		op := b[0]
		if op == opReset && !first {
			return fmt.Errorf("%w: reset inside an update", ErrMalformed)
		}
		var err error
		if b, err = d.op(op, b[1:]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decoder) op(op byte, b []byte) ([]byte, error) {
	switch op {
	case opReset:
		return d.reset(b)
	case opCopy:
		return d.copy(b)
	case opPalette:
		return d.setPalette(b)
	case opTile:
		return d.tile(b)
	case opPointerShape:
		return d.pointerShape(b)
	case opPointerPlace:
		if len(b) < 4 {
			return nil, errShort
		}
		d.Place = image.Pt(int(int16(u16(b, 0))), int(int16(u16(b, 1))))
		return b[4:], nil
	case opHash:
		return d.hash(b)
	case opRegion:
		return d.openRegion(b)
	case opVideo:
		return d.video(b)
	case opJPEG:
		return d.jpeg(b)
	}
	return nil, fmt.Errorf("%w: unknown op %d", ErrMalformed, op)
}

func (d *Decoder) reset(b []byte) ([]byte, error) {
	if len(b) < 4 {
		return nil, errShort
	}
	w, h := u16(b, 0), u16(b, 1)
	if w == 0 || h == 0 || w > MaxSide || h > MaxSide {
		return nil, fmt.Errorf("%w: screen of %d×%d", ErrMalformed, w, h)
	}
	d.Screen.Resize(w, h)
	d.Unknown.Resize(w, h)
	d.regions = [MaxRegions]region{}
	d.Shape = PointerShape{RGBA: d.Shape.RGBA[:0]}
	d.Place = image.Point{}
	d.work = workFactor * w * h
	return b[4:], nil
}

// rect reads a rectangle, which must lie in the screen, and counts it as work.
func (d *Decoder) rect(b []byte) (image.Rectangle, error) {
	if len(b) < 8 {
		return image.Rectangle{}, errShort
	}
	x, y := u16(b, 0), u16(b, 1)
	r := image.Rect(x, y, x+u16(b, 2), y+u16(b, 3))
	if r.Empty() || !r.In(d.Screen.Bounds()) {
		return r, fmt.Errorf("%w: rectangle %v outside the screen", ErrMalformed, r)
	}
	return r, d.spend(r)
}

// spend counts the pixels of r as work.
func (d *Decoder) spend(r image.Rectangle) error {
	if d.work -= r.Dx() * r.Dy(); d.work < 0 {
		return fmt.Errorf("%w: too much work in one update", ErrMalformed)
	}
	return nil
}

// cover makes the pixels of r known, which a TILE or COPY is about to paint. It
// may not paint a part of an unknown block.
func (d *Decoder) cover(r image.Rectangle) error {
	if d.Unknown.Cuts(r) {
		return fmt.Errorf("%w: %v cuts an unknown block", ErrMalformed, r)
	}
	d.Unknown.Remove(r)
	return nil
}

func (d *Decoder) copy(b []byte) ([]byte, error) {
	dst, err := d.rect(b)
	if err != nil {
		return nil, err
	}
	if len(b) < 12 {
		return nil, errShort
	}
	src := image.Pt(u16(b, 4), u16(b, 5))
	if from := dst.Sub(dst.Min).Add(src); !from.In(d.Screen.Bounds()) || d.Unknown.Touches(from) {
		return nil, fmt.Errorf("%w: copy from %v", ErrMalformed, from)
	}
	if err := d.cover(dst); err != nil {
		return nil, err
	}
	d.Screen.Copy(dst, src)
	return b[12:], nil
}

func (d *Decoder) setPalette(b []byte) ([]byte, error) {
	if len(b) < 1 {
		return nil, errShort
	}
	n := int(b[0])
	if n == 0 || n > MaxColours {
		return nil, fmt.Errorf("%w: palette of %d", ErrMalformed, n)
	}
	if b = b[1:]; len(b) < 3*n {
		return nil, errShort
	}
	d.palette = d.palette[:0]
	for i := range n {
		d.palette = append(d.palette, colour(b[3*i:]))
	}
	return b[3*n:], nil
}

func (d *Decoder) tile(b []byte) ([]byte, error) {
	r, err := d.rect(b)
	if err != nil {
		return nil, err
	}
	if len(b) < 9 {
		return nil, errShort
	}
	if err := d.cover(r); err != nil {
		return nil, err
	}
	form := int(b[8])
	b = b[9:]
	switch form {
	case tileSolid:
		if len(b) < 3 {
			return nil, errShort
		}
		d.Screen.Fill(r, colour(b))
		return b[3:], nil
	case tileIndex1, tileIndex2, tileIndex4, tileIndex8:
		return d.indexed(b, r, form)
	case tileQOI:
		return decodeQOI(b, &d.Screen, r)
	case tileRaw:
		return d.raw(b, r)
	}
	return nil, fmt.Errorf("%w: tile of form %d", ErrMalformed, form)
}

func (d *Decoder) indexed(b []byte, r image.Rectangle, bits int) ([]byte, error) {
	stride := (r.Dx()*bits + 7) / 8
	if len(b) < stride*r.Dy() {
		return nil, errShort
	}
	mask := byte(1<<bits - 1)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := d.Screen.Row(y, r.Min.X, r.Max.X)
		for x := range row {
			at := x * bits
			i := int(b[at/8] >> (at % 8) & mask)
			if i >= len(d.palette) {
				return nil, fmt.Errorf("%w: colour %d of %d", ErrMalformed, i, len(d.palette))
			}
			row[x] = d.palette[i]
		}
		b = b[stride:]
	}
	return b, nil
}

func (d *Decoder) raw(b []byte, r image.Rectangle) ([]byte, error) {
	if len(b) < 3*r.Dx()*r.Dy() {
		return nil, errShort
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := d.Screen.Row(y, r.Min.X, r.Max.X)
		for x := range row {
			row[x] = colour(b)
			b = b[3:]
		}
	}
	return b, nil
}

func (d *Decoder) pointerShape(b []byte) ([]byte, error) {
	if len(b) < 8 {
		return nil, errShort
	}
	s := PointerShape{W: u16(b, 0), H: u16(b, 1), HotX: u16(b, 2), HotY: u16(b, 3)}
	none := s.W == 0 && s.H == 0 && s.HotX == 0 && s.HotY == 0
	if !none && (s.W == 0 || s.H == 0 || s.W > MaxPointerSide || s.H > MaxPointerSide || s.HotX >= s.W || s.HotY >= s.H) {
		return nil, fmt.Errorf("%w: pointer of %d×%d", ErrMalformed, s.W, s.H)
	}
	n := s.W * s.H * 4
	if b = b[8:]; len(b) < n {
		return nil, errShort
	}
	s.RGBA = append(d.Shape.RGBA[:0], b[:n]...)
	d.Shape = s
	return b[n:], nil
}

func (d *Decoder) hash(b []byte) ([]byte, error) {
	r, err := d.rect(b)
	if err != nil {
		return nil, err
	}
	if len(b) < 12 {
		return nil, errShort
	}
	if d.Unknown.Touches(r) {
		return nil, fmt.Errorf("%w: hash of unknown pixels in %v", ErrMalformed, r)
	}
	if got, want := d.Screen.Hash(r), binary.LittleEndian.Uint32(b[8:]); got != want {
		return nil, fmt.Errorf("%w: %v hashes to %08x, want %08x", ErrHash, r, got, want)
	}
	return b[12:], nil
}

func u16(b []byte, i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }

func colour(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }
