package display

import (
	"errors"
	"slices"
	"time"

	"beside/client/internal/consent"
)

const (
	minApart = 500 * time.Millisecond // a viewer that was too slow stays alone
	maxApart = 30 * time.Second       // and when it proves so again and again
	calm     = 10 * time.Second       // of keeping up: then earlier times are forgotten
)

// attend sees which viewers may be shown the screen now, and gives those that
// begin anew a lane.
func (s *Stream) attend(now time.Time) {
	for i := 0; i < len(s.seats); {
		v := s.seats[i]
		err := v.viewer.Lease.Do(nothing)
		switch {
		case v.left:
			s.remove(v, nil)
			continue
		case errors.Is(err, consent.ErrRevoked):
			s.remove(v, err)
			continue
		}
		if v.held = errors.Is(err, consent.ErrHeld); v.held {
			s.stand(v)
		}
		i++
	}
	s.sweep()
	for _, v := range s.seats {
		switch {
		case v.lane != nil || v.held || s.begin:
		case len(s.lanes) == 0:
			s.begin = true // nobody was shown the screen meanwhile: the frame is old
		case !now.Before(v.begun.Add(resetPause)):
			s.place(v, now)
		}
	}
}

// place puts a viewer in a lane that begins anew.
func (s *Stream) place(v *Seat, now time.Time) {
	v.begun, v.rejoin = now, time.Time{}
	v.win.clear()
	v.repeat.clear()
	var like *lane
	for _, l := range s.lanes {
		if !slices.Equal(l.efforts, v.efforts) {
			continue
		}
		if l.enc.isFresh() && l.room() > 0 {
			l.add(v)
			return
		}
		like = l
	}
	l := s.open(NewEncoder(&s.frame), v)
	l.enc.Reset()
	if like != nil {
		l.enc.heat.follow(&like.enc.heat) // what is a film there will be one here, and the rest soon the same
	}
	l.enc.Film(len(l.efforts) > 0)
	l.enc.Near(s.near)
	s.pointer.tell(l.enc)
	l.stale = append(l.stale, s.frame.Bounds())
}

// splitSlow gives each viewer that cannot take so many bytes more a lane of its
// own, if others can.
func (s *Stream) splitSlow(l *lane, bytes int, now time.Time) {
	for i := 0; i < len(l.seats) && len(l.seats) > 1; {
		v := l.seats[i]
		if v.win.bears(bytes) {
			i++
			continue
		}
		if now.Sub(v.joined) < calm {
			v.apart = min(max(2*v.apart, minApart), maxApart)
		} else {
			v.apart = minApart
		}
		v.rejoin = now.Add(v.apart)
		s.split(v)
		s.stats.Splits++
	}
}

// split moves a viewer from its lane to one of its own, as far on.
func (s *Stream) split(v *Seat) {
	from := v.lane
	from.drop(v)
	l := s.open(from.enc.twin(), v)
	l.stale = append(l.stale, from.stale...)
	l.quiet = from.quiet
	l.enc.Film(false)
	l.enc.Film(len(l.efforts) > 0)
}

// regroup brings together the lanes that show the same.
func (s *Stream) regroup(now time.Time) {
	for i := 0; i < len(s.lanes); i++ {
		for j := i + 1; j < len(s.lanes); {
			if l, o := s.lanes[i], s.lanes[j]; mayMerge(l, o, now) {
				s.merge(l, o, now)
			} else {
				j++
			}
		}
	}
}

func mayMerge(l, o *lane, now time.Time) bool {
	if !l.settled() || !o.settled() || !slices.Equal(l.efforts, o.efforts) {
		return false
	}
	filming := l.enc.isFilming() || o.enc.isFilming()
	for _, v := range l.seats {
		if !v.mayRejoin(now, filming) {
			return false
		}
	}
	for _, v := range o.seats {
		if v.win.room() == 0 || !v.mayRejoin(now, filming) {
			return false
		}
	}
	return true
}

// settled reports whether the viewers are shown the frame, but for films, or soon
// will be.
func (l *lane) settled() bool {
	return len(l.seats) > 0 && len(l.stale) == 0 && l.enc.settled()
}

// merge moves the viewers of o to l.
func (s *Stream) merge(l, o *lane, now time.Time) {
	l.enc.absorb(o.enc)
	if o.quiet.After(l.quiet) {
		l.quiet = o.quiet
	}
	for _, v := range o.seats {
		v.joined, v.rejoin = now, time.Time{}
		l.add(v)
	}
	o.seats = nil
	s.sweep()
}

// open makes a lane for a viewer.
func (s *Stream) open(enc *Encoder, v *Seat) *lane {
	l := &lane{enc: enc, camera: s.newCamera(), efforts: v.efforts}
	l.add(v)
	s.lanes = append(s.lanes, l)
	return l
}

func (l *lane) add(v *Seat) {
	l.seats = append(l.seats, v)
	v.lane = l
}

func (l *lane) drop(v *Seat) {
	l.seats = slices.DeleteFunc(l.seats, func(o *Seat) bool { return o == v })
	v.lane = nil
}

// stand takes a viewer out of its lane. It will begin anew.
func (s *Stream) stand(v *Seat) {
	if v.lane != nil {
		v.lane.drop(v)
	}
}

// sweep gives up the lanes without viewers.
func (s *Stream) sweep() {
	s.lanes = slices.DeleteFunc(s.lanes, func(l *lane) bool {
		if len(l.seats) > 0 {
			return false
		}
		l.camera.close()
		l.enc.Wipe()
		return true
	})
}

// remove ends a viewer's Seat.
func (s *Stream) remove(v *Seat, why error) {
	s.stand(v)
	s.seats = slices.DeleteFunc(s.seats, func(o *Seat) bool { return o == v })
	s.gone = why
	s.leave()
	v.over(why)
}

// onSendError parts with a viewer that could not be sent an update: for good, or
// until its right runs again.
func (s *Stream) onSendError(v *Seat, err error) {
	switch {
	case errors.Is(err, consent.ErrRevoked):
		s.stand(v) // attend will see it
	case errors.Is(err, consent.ErrHeld):
		s.stand(v)
		v.held = true
	default:
		s.remove(v, err)
	}
}
