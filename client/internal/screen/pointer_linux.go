package screen

import (
	"fmt"
	"image"

	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/signaling/display"
)

// Pointer implements Source.
func (s *X11) Pointer(l *consent.Lease, p *Pointer) error {
	err := l.Do(func() error {
		return s.x.limit(func() error {
			s.expectMotion()
			r, err := xproto.QueryPointer(s.x.Conn, s.x.root).Reply()
			if err != nil {
				return err
			}
			s.motion.saw(p, image.Pt(int(r.RootX), int(r.RootY)))
			return s.shape(p)
		})
	})
	if err != nil {
		return s.lost("read the pointer", err)
	}
	return nil
}

// shape fetches the pointer's picture if it changed. It runs inside the Lease.
func (s *X11) shape(p *Pointer) error {
	s.mu.Lock()
	changed := s.news.shape
	s.news.shape = false
	s.mu.Unlock()
	if !changed && p.Serial != 0 {
		return nil
	}
	r, err := xfixes.GetCursorImage(s.x.Conn).Reply()
	if err != nil {
		return fmt.Errorf("pointer's picture: %w", err)
	}
	p.Serial++
	p.Shape = straight(r)
	return nil
}

// straight turns a cursor image, premultiplied ARGB, into the shape that is
// sent. One that does not fit the format is no pointer.
func straight(r *xfixes.GetCursorImageReply) display.PointerShape {
	w, h := int(r.Width), int(r.Height)
	if w == 0 || h == 0 || w > display.MaxPointerSide || h > display.MaxPointerSide || len(r.CursorImage) < w*h {
		return display.PointerShape{}
	}
	shape := display.PointerShape{
		W: w, H: h,
		HotX: min(int(r.Xhot), w-1), HotY: min(int(r.Yhot), h-1),
		RGBA: make([]byte, 0, 4*w*h),
	}
	for _, px := range r.CursorImage[:w*h] {
		a := px >> 24
		shape.RGBA = append(shape.RGBA, whole(px>>16&0xff, a), whole(px>>8&0xff, a), whole(px&0xff, a), byte(a))
	}
	return shape
}

// whole undoes the multiplication of colour c with alpha a.
func whole(c, a uint32) byte {
	if a == 0 {
		return 0
	}
	return byte(min(255, (c*255+a/2)/a))
}
