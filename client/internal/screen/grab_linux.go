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

// segmentBytes is what is shared with the server: two strips, of some sixty rows or
// more each: they stay in the processors' caches, and little memory resident.
const segmentBytes = 2 * stripBytes

const stripBytes = 512 << 10

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

// overMemory reads in strips: while one is copied out of the segment the server puts
// the next beside it. A row of the widest X screen, 65535 pixels, fits. When it
// returns the server has done all that it was asked.
func (g *grabber) overMemory(f *frame, r image.Rectangle, at image.Point) (err error) {
	rows := stripBytes / (4 * r.Dx())
	offset := func(y int) int { return y / rows % 2 * stripBytes }
	ask := func(y int) shm.GetImageCookie {
		n := min(rows, r.Dy()-y)
		return shm.GetImage(g.x.Conn, xproto.Drawable(g.x.root), int16(at.X), int16(at.Y+y),
			uint16(r.Dx()), uint16(n), ^uint32(0), xproto.ImageFormatZPixmap, g.seg, uint32(offset(y)))
	}
	next := ask(0)
	for y := 0; y < r.Dy() && err == nil; y += rows {
		this, more := next, y+rows < r.Dy()
		if more {
			next = ask(y + rows)
		}
		if _, err = this.Reply(); err == nil {
			keep(f, image.Rect(r.Min.X, r.Min.Y+y, r.Max.X, min(r.Min.Y+y+rows, r.Max.Y)), g.mem[offset(y):])
		} else if more {
			_, _ = next.Reply()
		}
	}
	return err
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

// keep copies tightly packed BGRX rows to r of f.
func keep(f *frame, r image.Rectangle, data []byte) {
	w := r.Dx()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		keepRow(f.Row(y, r.Min.X, r.Max.X), data[:4*w])
		data = data[4*w:]
	}
}

// keepRow copies pixels without their fourth byte, which the server may leave
// undefined: eight at a time, in 64 bits each two, which takes a third of the time
// of one by one.
func keepRow(row []uint32, src []byte) {
	const two = 0x00ffffff_00ffffff
	for len(row) >= 8 && len(src) >= 32 {
		a, b := binary.LittleEndian.Uint64(src)&two, binary.LittleEndian.Uint64(src[8:])&two
		c, d := binary.LittleEndian.Uint64(src[16:])&two, binary.LittleEndian.Uint64(src[24:])&two
		row[0], row[1], row[2], row[3] = uint32(a), uint32(a>>32), uint32(b), uint32(b>>32)
		row[4], row[5], row[6], row[7] = uint32(c), uint32(c>>32), uint32(d), uint32(d>>32)
		row, src = row[8:], src[32:]
	}
	for i := range row {
		row[i] = binary.LittleEndian.Uint32(src[4*i:]) & 0xffffff
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
