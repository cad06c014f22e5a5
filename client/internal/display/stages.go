package display

import (
	"time"

	wire "beside/signaling/display"
)

// Stages is where the time of updates went, summed since the Stream began.
type Stages struct {
	Wait        time.Duration // from the first news of a change until it is looked at: pace, and room on the link
	Grab        time.Duration // reading pixels
	Detect      time.Duration // comparing them, finding what moved
	Compress    time.Duration // packing updates
	Send        time.Duration // handing them to the channel
	Receive     time.Duration // from then until the viewer decodes them: the way there, and what it was busy with
	Paint       time.Duration // decoding and painting, as the viewer says
	Acknowledge time.Duration // from then until that is known here: the way back
	Grabs       int
	Answers     int
}

// Sub is what was added since an earlier reading.
func (s Stages) Sub(earlier Stages) Stages {
	return Stages{
		Wait: s.Wait - earlier.Wait, Grab: s.Grab - earlier.Grab, Detect: s.Detect - earlier.Detect,
		Compress: s.Compress - earlier.Compress, Send: s.Send - earlier.Send,
		Receive: s.Receive - earlier.Receive, Paint: s.Paint - earlier.Paint,
		Acknowledge: s.Acknowledge - earlier.Acknowledge,
		Grabs:       s.Grabs - earlier.Grabs, Answers: s.Answers - earlier.Answers,
	}
}

// answered adds an update that was sent and acknowledged then.
func (s *Stages) answered(ack wire.Ack, sent, at time.Time, c *clocks) {
	there, back := c.ways(ack, sent, at)
	s.Receive += there
	s.Paint += ack.Paint
	s.Acknowledge += back
	s.Answers++
}

// lap adds the time since a moment to a stage.
func lap(stage *time.Duration, since time.Time) { *stage += time.Since(since) }
