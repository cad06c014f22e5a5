package display

import (
	"slices"
	"time"

	wire "beside/signaling/display"
)

// decodes takes note of what a viewer can decode besides JPEG. Viewers that differ
// in that share no lane, so that none spoils the films of another.
func (s *Stream) decodes(v *Seat, codecs []wire.Codec) {
	v.efforts = effortsFor(codecs)
	if v.lane == nil {
		return
	}
	if len(v.lane.seats) > 1 && !slices.Equal(v.lane.efforts, v.efforts) {
		s.split(v)
		return
	}
	v.lane.filmBy(v.efforts)
}

// filmBy begins to use these efforts for all films from now on.
func (l *lane) filmBy(efforts []effort) {
	l.efforts = efforts
	l.enc.Film(false) // films that run go on anew
	l.enc.Film(len(efforts) > 0)
}

// without are the efforts that are left when the codecs used so far are given up:
// one of them failed, here or at the viewer.
func without(efforts []effort) []effort {
	return slices.DeleteFunc(slices.Clone(efforts), func(e effort) bool {
		return e.codec != wire.JPEG || len(efforts) == 1
	})
}

// endFilms gives back to the exact tiles what does not move any more.
func (s *Stream) endFilms(now time.Time) {
	for _, l := range s.lanes {
		if at, ok := l.enc.FilmsEnd(); ok && !now.Before(at) {
			l.enc.Follow(now)
		}
	}
}

// onDeveloped takes an encoded picture to the lane that had it made, if that is
// still there.
func (s *Stream) onDeveloped(d developed) {
	d.by.busy = false
	if d.err == nil {
		s.stats.Pictures++
		s.stats.Filming += d.took
	} else {
		s.stats.FilmErrors++
	}
	i := slices.IndexFunc(s.lanes, func(l *lane) bool { return l.camera == d.by })
	if i < 0 {
		return
	}
	l := s.lanes[i]
	l.enc.Develop(d.Region, d.Take, d.picture)
	if d.err != nil {
		l.filmBy(without(l.efforts))
		for _, v := range l.seats {
			v.efforts = l.efforts
		}
	}
}
