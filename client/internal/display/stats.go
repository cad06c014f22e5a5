package display

import (
	"image"
	"time"
)

// Stats is what was done for a viewer so far. Some of it was done for others too.
type Stats struct {
	Updates, Resyncs int
	Repeats          int
	Bytes            int64
	RoundTrip        time.Duration // shortest of late: sent, painted, acknowledged
	Paint            time.Duration // the viewer's last
	Rate             float64       // bytes a second that the viewer takes, 0 unknown

	// For all viewers of the Stream together.
	Viewers    int
	Lanes      int             // for how many of them, that differ, updates are made now
	Splits     int             // viewers that were too slow for the others
	Pictures   int             // of films
	FilmErrors int             // of their encoders
	Filming    time.Duration   // that encoding the pictures took
	Area       image.Rectangle // shown, in the coordinates of the whole screen

	Stages Stages
}

// publish makes the figures known.
func (s *Stream) publish() {
	s.stats.Area, s.stats.Viewers, s.stats.Lanes = s.shown.Area, len(s.seats), len(s.lanes)
	for _, v := range s.seats {
		all := s.stats
		all.Updates, all.Resyncs, all.Repeats, all.Bytes = v.stats.Updates, v.stats.Resyncs, v.stats.Repeats, v.stats.Bytes
		all.RoundTrip, all.Rate, all.Paint = v.win.rtt, v.win.rate, v.stats.Paint
		own := v.stats.Stages
		all.Stages.Send, all.Stages.Receive, all.Stages.Paint = own.Send, own.Receive, own.Paint
		all.Stages.Acknowledge, all.Stages.Answers = own.Acknowledge, own.Answers
		v.mail.mu.Lock()
		v.mail.stats = all
		v.mail.mu.Unlock()
	}
}
