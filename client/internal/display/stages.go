package display

import "time"

// Stages is where the time of updates went, summed since the Stream began. What
// is not here is the wire and the viewer's queue: Answer without Paint.
type Stages struct {
	Wait     time.Duration // from the first news of a change until it is looked at: pace, and room on the link
	Grab     time.Duration // reading pixels
	Detect   time.Duration // comparing them, finding what moved
	Compress time.Duration // packing updates
	Send     time.Duration // handing them to the channel
	Answer   time.Duration // from then until they are acknowledged
	Paint    time.Duration // the viewer's part of that, as it says
	Grabs    int
	Answers  int
}

// Sub is what was added since an earlier reading.
func (s Stages) Sub(earlier Stages) Stages {
	return Stages{
		Wait: s.Wait - earlier.Wait, Grab: s.Grab - earlier.Grab, Detect: s.Detect - earlier.Detect,
		Compress: s.Compress - earlier.Compress, Send: s.Send - earlier.Send,
		Answer: s.Answer - earlier.Answer, Paint: s.Paint - earlier.Paint,
		Grabs: s.Grabs - earlier.Grabs, Answers: s.Answers - earlier.Answers,
	}
}

// lap adds the time since a moment to a stage.
func lap(stage *time.Duration, since time.Time) { *stage += time.Since(since) }
