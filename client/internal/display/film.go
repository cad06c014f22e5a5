package display

import (
	"image"
	"time"

	wire "beside/signaling/display"
)

// unknown is what the shadow holds where only the viewer's canvas knows the
// pixels: no frame has it, so such a block differs whatever it shows.
const unknown = 1 << 24

const (
	shrinkAfter = time.Second // that long much too large, a film is cut anew
	shrinkTo    = 2           // times smaller than the film is much too large
	maxChunk    = wire.MaxBody - 64
)

// film is a part of the picture that is sent as video: a region of the format.
// While it runs the shadow holds its last shot, so that a comparison still tells
// what moves; what the canvas shows there nobody else knows. Owned by the Encoder.
type film struct {
	rect     image.Rectangle // in blocks; empty: there is none
	take     int             // counts the films of this region, so that a late picture is known as such
	codec    wire.Codec      // the viewer was told; NoCodec: not yet
	changed  bool            // the frame is newer than the last shot
	shooting bool            // a picture is being encoded
	lost     bool            // a picture was not sent: the next needs nothing before it
	ready    *Picture        // to be sent
	fits     time.Time       // it was not much too large then
	since    time.Time       // it began, or went on, with a key picture
}

// renew lets the film go on with a key picture, in a region opened anew.
func (f *film) renew() { f.codec, f.ready, f.lost, f.changed = wire.NoCodec, nil, true, true }

// Shot is a part of the frame that is to become a picture.
type Shot struct {
	Region, Take int
	Rect         image.Rectangle // pixels of the frame
	Key          bool            // the picture must need none before it
}

// Picture is an encoded Shot.
type Picture struct {
	Codec wire.Codec // JPEG: for itself
	Key   bool
	Data  []byte // valid until its update was written
}

// Film says whether parts in motion may become video, and begins or ends with it.
func (e *Encoder) Film(may bool) {
	if e.filming = may; !may {
		for i := range e.films {
			e.endFilm(i)
		}
	}
}

// expose takes the dirty blocks of the running films out of the grid, since their
// next picture shows them, and returns how many.
func (e *Encoder) expose(now time.Time) int {
	before := e.grid.count
	for i := range e.films {
		if f := &e.films[i]; !f.rect.Empty() && e.grid.any(f.rect) {
			e.heat.look(e.frame, &e.grid, f.rect, now)
			f.changed = true
			e.grid.clean(f.rect)
		}
	}
	return before - e.grid.count
}

// Follow opens, moves and ends films so that they cover what is in motion. It is
// called after a change, and when FilmsEnd is over.
func (e *Encoder) Follow(now time.Time) {
	if !e.filming {
		return
	}
	var covered [maxRegions]bool
	for _, r := range e.heat.hot(&e.grid, now) {
		if i := e.filmFor(r, covered); i >= 0 {
			covered[i] = true
			e.reframe(i, r, now)
		}
	}
	for i := range e.films {
		if !covered[i] {
			e.endFilm(i)
		}
	}
	e.unblot()
}

// FilmsEnd is when the films end if nothing moves any more; ok is false when
// there are none.
func (e *Encoder) FilmsEnd() (at time.Time, ok bool) {
	for i := range e.films {
		ok = ok || !e.films[i].rect.Empty()
	}
	return e.heat.latest.Add(motionTail), ok
}

// filmFor returns the film that shows a part of r, else a free region, else -1.
func (e *Encoder) filmFor(r image.Rectangle, covered [maxRegions]bool) int {
	free := -1
	for i := range e.films {
		switch f := &e.films[i]; {
		case covered[i]:
		case f.rect.Overlaps(r):
			return i
		case f.rect.Empty() && free < 0:
			free = i
		}
	}
	return free
}

// reframe makes film i show at least r. It grows at once, and shrinks when it has
// been much too large for a while: each change costs a key picture.
func (e *Encoder) reframe(i int, r image.Rectangle, now time.Time) {
	f := &e.films[i]
	if shrinkTo*size(r) > size(f.rect) {
		f.fits = now
	}
	if small := now.Sub(f.fits) >= shrinkAfter; !small {
		if r = r.Union(f.rect); r == f.rect {
			return
		}
	}
	for j := range e.films {
		if o := e.films[j].rect; j != i && o.Overlaps(r) {
			r = r.Union(o)
			e.endFilm(j)
		}
	}
	e.endFilm(i)
	e.blot(r)
	e.grid.clean(r)
	*f = film{rect: r, take: f.take + 1, fits: now, since: now, changed: true}
}

// endFilm gives the part of a film back to the exact tiles.
func (e *Encoder) endFilm(i int) {
	f := &e.films[i]
	if f.rect.Empty() {
		return
	}
	e.blot(f.rect)
	e.grid.compare(e.frame, &e.shadow, pixels(f.rect, e.frame))
	if f.codec != wire.NoCodec && f.codec != wire.JPEG {
		e.closing[i] = true
	}
	*f = film{take: f.take + 1}
}

// blot forgets what the viewer shows in r, which is in blocks.
func (e *Encoder) blot(r image.Rectangle) {
	px := pixels(r, e.frame)
	e.shadow.Fill(px, unknown)
	e.blots = append(e.blots, px)
	e.mover.unknown = e.blots
}

// unblot drops the blots that films have left and tiles have covered.
func (e *Encoder) unblot() {
	kept := e.blots[:0]
	for _, r := range e.blots {
		if e.blotted(r) {
			kept = append(kept, r)
		}
	}
	e.blots, e.mover.unknown = kept, kept
}

func (e *Encoder) blotted(r image.Rectangle) bool {
	for i := range e.films {
		if r.Overlaps(pixels(e.films[i].rect, e.frame)) {
			return true
		}
	}
	for y := r.Min.Y; y < r.Max.Y; y += block {
		for x := r.Min.X; x < r.Max.X; x += block {
			if e.shadow.Pix[y*e.shadow.W+x] == unknown {
				return true
			}
		}
	}
	return false
}

// Shoot returns a part of the frame to be encoded, if there is one that changed
// and whose last picture has been encoded and sent.
func (e *Encoder) Shoot() (Shot, bool) {
	for i := range e.films {
		f := &e.films[i]
		if !f.changed || f.shooting || f.ready != nil {
			continue
		}
		f.changed, f.shooting = false, true
		px := pixels(f.rect, e.frame)
		e.keep(px)
		return Shot{Region: i, Take: f.take, Rect: px, Key: f.lost || f.codec == wire.NoCodec}, true
	}
	return Shot{}, false
}

// Develop takes the encoded picture of a Shot. A nil one failed, and the film is
// shot again. One of a film that is over is dropped.
func (e *Encoder) Develop(region, take int, p *Picture) {
	f := &e.films[region]
	if f.take != take || f.rect.Empty() {
		return
	}
	f.shooting = false
	f.lost = p == nil || len(p.Data) > maxChunk || !p.Key && p.Codec != f.codec // viewers came meanwhile that need a key
	if f.lost {
		f.changed = true
		return
	}
	f.ready = p
}

// picture appends the ops of the next picture that is ready.
func (e *Encoder) picture(b []byte) []byte {
	for i := range e.films {
		f := &e.films[i]
		if f.ready == nil {
			continue
		}
		p, px := f.ready, pixels(f.rect, e.frame)
		f.ready = nil
		if p.Codec == wire.JPEG {
			f.codec = wire.JPEG
			return wire.AppendJPEG(b, px, p.Data)
		}
		if f.codec != p.Codec {
			b = wire.AppendRegion(b, i, px, p.Codec)
			f.codec = p.Codec
		}
		return wire.AppendVideo(b, i, p.Key, p.Data)
	}
	return b
}

// pictureReady reports whether picture has something to append.
func (e *Encoder) pictureReady() bool {
	for i := range e.films {
		if e.films[i].ready != nil {
			return true
		}
	}
	return false
}

// premiere reports whether the first picture of a film is ready.
func (e *Encoder) premiere() bool {
	for i := range e.films {
		if f := &e.films[i]; f.ready != nil && f.codec == wire.NoCodec {
			return true
		}
	}
	return false
}

// closeRegions appends the ends of regions whose film is over.
func (e *Encoder) closeRegions(b []byte) []byte {
	for i := range e.closing {
		if e.closing[i] {
			b = wire.AppendRegionEnd(b, i)
			e.closing[i] = false
		}
	}
	return b
}
