package display

import (
	"image"
	"slices"
	"time"

	wire "beside/signaling/display"
)

const maxStale = 16 // rectangles of a lane that waits; more become one

// lane is what is done once for all viewers that keep up with each other: their
// canvases will be equal, so one comparison, one search and one compression serve
// them all. Owned by the Stream's goroutine.
type lane struct {
	enc     *Encoder
	camera  *camera
	efforts []effort // by which films can be encoded for these viewers
	seats   []*Seat
	stale   []image.Rectangle // of the frame, to be compared when there is room
	quiet   time.Time         // since the last update with pixels
	fresh   bool              // nothing of the last change was sent after it was first flushed
}

// room is how many bytes the next update may have, 0 for none now. The viewer
// with most room decides.
func (l *lane) room() int {
	most := 0
	for _, v := range l.seats {
		most = max(most, v.win.room())
	}
	return most
}

// changed takes note of what to compare.
func (l *lane) changed(rects []image.Rectangle) {
	for _, r := range rects {
		if slices.ContainsFunc(l.stale, r.In) {
			continue
		}
		l.stale = append(l.stale, r)
	}
	if len(l.stale) > maxStale {
		all := l.stale[0]
		for _, r := range l.stale {
			all = all.Union(r)
		}
		l.stale = append(l.stale[:0], all)
	}
}

// compare finds what is to be sent.
func (l *lane) compare(now time.Time, stages *Stages) {
	if len(l.stale) == 0 {
		return
	}
	start := time.Now()
	l.enc.Changed(l.stale, now)
	lap(&stages.Detect, start)
	l.stale, l.fresh = l.stale[:0], true
}

// slow reports whether the link is, of every viewer.
func (l *lane) slow() bool {
	for _, v := range l.seats {
		if v.win.rate == 0 || v.win.link() >= slowLink {
			return false
		}
	}
	return true
}

// rate is that of the fastest link, 0 when nothing is known of any.
func (l *lane) rate() (rate float64) {
	for _, v := range l.seats {
		rate = max(rate, v.win.rate)
	}
	return rate
}

// restful reports whether a check is all that is left to do for some viewer.
func (l *lane) restful() bool {
	atRest := func(v *Seat) bool { return len(v.win.flight) == 0 }
	return slices.ContainsFunc(l.seats, atRest) && len(l.stale) == 0 && l.enc.Checkable()
}

// shoot has a picture made of what moves, when there is room for it beside a small
// update.
func (l *lane) shoot(frame *wire.Framebuffer) {
	if l.camera.busy || l.enc.pictureReady() || !slices.ContainsFunc(l.seats, (*Seat).hasRoomForFilm) {
		return
	}
	if shot, ok := l.enc.Shoot(); ok {
		l.camera.take(frame, job{Shot: shot, efforts: l.efforts, rate: l.rate()})
	}
}

// flush sends what is pending in every lane, while there is room.
func (s *Stream) flush(now time.Time) {
	for i := 0; i < len(s.lanes); i++ { // lanes that split off are seen too
		s.flushLane(s.lanes[i], now)
	}
}

func (s *Stream) flushLane(l *lane, now time.Time) {
	room := l.room()
	if room == 0 {
		return
	}
	l.compare(now, &s.stats.Stages)
	l.enc.Slow(l.slow())
	for ; room > 0 && l.enc.Pending(); room = l.room() {
		if !s.next(l, room, now) {
			return
		}
	}
}

// finish sends one more slice of a lane's last change before the next is looked at:
// in a scroll each picture then becomes whole before the next begins. Only one, so
// that a letter never waits for all of a large change.
func (s *Stream) finish(l *lane, now time.Time) {
	room := l.room()
	if !l.fresh || room == 0 || !l.enc.Pending() {
		return
	}
	l.fresh = false
	s.next(l, room, now)
}

// next sends the next update of a lane and reports whether there was one.
func (s *Stream) next(l *lane, room int, now time.Time) bool {
	s.splitSlow(l, room, now)
	start := time.Now()
	u, ok := l.enc.Next(room)
	lap(&s.stats.Stages.Compress, start)
	if ok {
		l.quiet = now
		s.send(l, u, now)
	}
	return ok
}

// check lets the viewers compare their pictures when nothing has happened for a
// while.
func (s *Stream) check(l *lane, now time.Time) {
	if !l.restful() || now.Before(l.quiet.Add(restAfter)) {
		return
	}
	s.splitSlow(l, minRoom, now)
	if u, ok := l.enc.NextHash(hashPixels); ok {
		s.send(l, u, now)
	}
}

// send sends an update to every viewer of a lane. One that cannot have it is in no
// lane any more.
func (s *Stream) send(l *lane, u Update, now time.Time) {
	for i := 0; i < len(l.seats); {
		v := l.seats[i]
		if err := v.send(u, now); err != nil {
			s.onSendError(v, err)
			continue
		}
		i++
	}
}

func (s *Stream) anyRoom() bool {
	return slices.ContainsFunc(s.lanes, func(l *lane) bool { return l.room() > 0 })
}
