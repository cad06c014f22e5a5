package display

import (
	"slices"
	"time"

	wire "beside/signaling/display"
)

// decodes takes note of what the viewer can decode besides JPEG.
func (s *Stream) decodes(codecs []wire.Codec) { s.filmBy(effortsFor(codecs)) }

// filmBy begins to use these efforts for all films from now on.
func (s *Stream) filmBy(efforts []effort) {
	s.efforts = efforts
	s.enc.Film(false) // films that run go on anew
	s.enc.Film(len(efforts) > 0)
}

// filmOtherwise gives up the codecs used so far: one of them failed, here or at
// the viewer.
func (s *Stream) filmOtherwise() {
	s.filmBy(slices.DeleteFunc(slices.Clone(s.efforts), func(e effort) bool {
		return e.codec != wire.JPEG || len(s.efforts) == 1
	}))
}

// endFilms gives back to the exact tiles what does not move any more.
func (s *Stream) endFilms(now time.Time) {
	if at, ok := s.enc.FilmsEnd(); ok && !now.Before(at) {
		s.enc.Follow(now)
	}
}

// shoot has a picture made of what moves, when there is room for it beside a small
// update.
func (s *Stream) shoot() {
	if s.begin || s.camera.busy || s.enc.pictureReady() || s.win.room() == 0 || len(s.win.flight) >= maxInFlight-1 {
		return
	}
	if shot, ok := s.enc.Shoot(); ok {
		s.camera.take(s.enc.Frame(), job{Shot: shot, efforts: s.efforts, rate: s.win.rate})
	}
}

func (s *Stream) onDeveloped(d developed) {
	s.camera.busy = false
	s.enc.Develop(d.Region, d.Take, d.picture)
	if d.err != nil {
		s.stats.FilmErrors++
		s.filmOtherwise()
		return
	}
	s.stats.Pictures++
	s.stats.Filming += d.took
}
