package display

import (
	"slices"
)

// twin returns an Encoder of the same frame for a viewer that has been sent what
// e's have, and has the same still to come. Its films begin anew: whoever needs a
// twin needs pictures of another rate, or of another codec.
func (e *Encoder) twin() *Encoder {
	t := NewEncoder(e.frame)
	t.seq = e.seq
	t.shadow.Resize(e.shadow.W, e.shadow.H)
	copy(t.shadow.Pix, e.shadow.Pix)
	t.grid.resize(e.frame.W, e.frame.H)
	copy(t.grid.dirty, e.grid.dirty)
	t.grid.count = e.grid.count
	t.heat.resize(&t.grid)
	t.heat.follow(&e.heat)
	for i, f := range e.films {
		t.films[i] = film{rect: f.rect, take: f.take, codec: f.codec, since: f.since}
	}
	t.closing, t.filming = e.closing, e.filming
	t.blots = slices.Clone(e.blots)
	t.mover.unknown = t.blots
	t.mover.last = e.mover.last
	t.reset, t.near, t.fresh, t.touched, t.ratio = e.reset, e.near, e.fresh, e.touched, e.ratio
	t.moves, t.moved = slices.Clone(e.moves), e.moved
	t.shape = e.shape
	if e.place != nil {
		t.Place(*e.place)
	}
	return t
}

// isFresh reports whether nothing was sent since Reset.
func (e *Encoder) isFresh() bool { return e.reset }

// settled reports whether the canvas will equal the frame, but for films, once
// what was sent is painted.
func (e *Encoder) settled() bool { return !e.exactPending() }

// isFilming reports whether there is a film.
func (e *Encoder) isFilming() bool {
	_, is := e.FilmsEnd()
	return is
}

// absorb makes e the Encoder of o's viewers too. Both are settled, so their
// shadows are equal but for what each alone has left to a film: that is unknown
// from now on. The films go on with a key picture, in a region opened anew. A
// region that only o's viewers have is not closed: nothing is sent for it until it
// is opened again.
func (e *Encoder) absorb(o *Encoder) {
	o.unblot()
	for _, r := range o.blots {
		e.blot(e.grid.blocks(r))
		e.grid.compare(e.frame, &e.shadow, r)
	}
	for i := range e.films {
		if f := &e.films[i]; !f.rect.Empty() {
			f.renew()
			e.grid.clean(f.rect)
		}
	}
	e.touched = e.touched.Union(o.touched)
}
