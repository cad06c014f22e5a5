package screen

import (
	"encoding/binary"
	"fmt"
	"image"

	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
	"golang.org/x/sys/unix"

	"beside/signaling/display"
)

type frame = display.Framebuffer

// grabber reads pixels of the root window, through shared memory where the
// server can, else over the socket. Its methods run inside Lease.Do.
type grabber struct {
	x      *xconn
	shared bool // MIT-SHM works
	seg    shm.Seg
	mem    []byte // the segment, nil before the first grab
}

func (g *grabber) init(x *xconn) {
	g.x = x
	g.shared = x.sharedMemory()
}

// segmentBytes is what is shared with the server: a few hundred rows. The whole
// screen at once was no faster, and its memory stays resident.
const segmentBytes = 2 << 20

// rect copies r, relative to area, into f.
func (g *grabber) rect(area image.Rectangle, f *frame, r image.Rectangle) error {
	if !r.In(f.Bounds()) || r.Empty() {
		return fmt.Errorf("grab %v of a frame of %d×%d", r, f.W, f.H)
	}
	at := r.Min.Add(area.Min)
	if g.shared && g.mem == nil {
		if err := g.attach(segmentBytes); err != nil {
			g.shared = false // another user's or another machine's server: the socket still works
		}
	}
	if g.shared {
		return g.overMemory(f, r, at)
	}
	return g.overSocket(f, r, at)
}

// overMemory reads in strips of the segment's size. A row of the widest X screen,
// 65535 pixels, fits.
func (g *grabber) overMemory(f *frame, r image.Rectangle, at image.Point) error {
	rows := len(g.mem) / (4 * r.Dx())
	for y := 0; y < r.Dy(); y += rows {
		n := min(rows, r.Dy()-y)
		_, err := shm.GetImage(g.x.Conn, xproto.Drawable(g.x.root), int16(at.X), int16(at.Y+y),
			uint16(r.Dx()), uint16(n), ^uint32(0), xproto.ImageFormatZPixmap, g.seg, 0).Reply()
		if err != nil {
			return err
		}
		keep(f, image.Rect(r.Min.X, r.Min.Y+y, r.Max.X, r.Min.Y+y+n), g.mem)
	}
	return nil
}

// overSocket reads in strips, since a reply holds a copy of its pixels.
func (g *grabber) overSocket(f *frame, r image.Rectangle, at image.Point) error {
	rows := max(1, 1<<18/r.Dx())
	for y := 0; y < r.Dy(); y += rows {
		n := min(rows, r.Dy()-y)
		img, err := xproto.GetImage(g.x.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(g.x.root),
			int16(at.X), int16(at.Y+y), uint16(r.Dx()), uint16(n), ^uint32(0)).Reply()
		if err != nil {
			return err
		}
		strip := image.Rect(r.Min.X, r.Min.Y+y, r.Max.X, r.Min.Y+y+n)
		if len(img.Data) < 4*r.Dx()*n {
			return fmt.Errorf("the X server gave %d bytes for %v", len(img.Data), strip)
		}
		keep(f, strip, img.Data)
	}
	return nil
}

// keep copies tightly packed BGRX rows to r of f, without the fourth byte,
// which the server may leave undefined.
func keep(f *frame, r image.Rectangle, data []byte) {
	w := r.Dx()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := f.Row(y, r.Min.X, r.Max.X)
		src := data[:4*w]
		for i := range row {
			row[i] = binary.LittleEndian.Uint32(src[4*i:]) & 0xffffff
		}
		data = data[4*w:]
	}
}

// attach makes a segment of at least size bytes that only this user may open,
// shares it with the server, and marks it for removal at once: it is gone when
// both have let go, however this program ends.
func (g *grabber) attach(size int) error {
	g.free()
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, size, unix.IPC_CREAT|0o600)
	if err != nil {
		return fmt.Errorf("make shared memory: %w", err)
	}
	mem, err := unix.SysvShmAttach(id, 0, 0)
	if err == nil {
		if g.seg, err = shm.NewSegId(g.x.Conn); err == nil {
			err = shm.AttachChecked(g.x.Conn, g.seg, uint32(id), false).Check()
		}
	}
	if _, rmErr := unix.SysvShmCtl(id, unix.IPC_RMID, nil); err == nil {
		err = rmErr
	}
	if err != nil {
		if mem != nil {
			_ = unix.SysvShmDetach(mem)
		}
		return fmt.Errorf("share memory with the X server: %w", err)
	}
	g.mem = mem
	return nil
}

// free lets go of the segment.
func (g *grabber) free() {
	if g.mem == nil {
		return
	}
	shm.Detach(g.x.Conn, g.seg)
	clear(g.mem)
	_ = unix.SysvShmDetach(g.mem)
	g.mem = nil
}
