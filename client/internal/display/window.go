package display

import (
	"time"

	wire "beside/signaling/display"
)

const (
	maxInFlight  = 3        // updates
	sliceBytes   = 32 << 10 // of one update
	widestSlice  = 96 << 10 // of one update on a link that carries it in sliceTime
	sliceTime    = 4 * time.Millisecond
	slowestSlice = 12 * time.Millisecond // the same, where the viewer is slow anyway
	answerPart   = 8                     // of the time until an acknowledgement, that a slice may take
	minRoom      = 2 << 10               // less is not worth an update
	firstLimit   = 64 << 10              // bytes in flight before anything is known of the link
	lowestLimit  = 16 << 10              // bytes in flight on the slowest link
	highestLimit = 256 << 10             // and on the fastest
	slack        = 20 * time.Millisecond
	rateSample   = 4 << 10 // bytes an update must have to tell the link's rate
	rttMemory    = 10 * time.Second
)

// window bounds what the viewer has not acknowledged: at most three updates, and
// not many more bytes than the link carries in a round trip. What does not fit
// is not encoded, so it cannot be outdated when its turn comes. Owned by the
// Stream's goroutine, one for each viewer.
type window struct {
	flight  []inFlight // oldest first
	bytes   int
	rate    float64       // bytes a second the viewer takes, 0 unknown
	best    delivery      // what it took at its best, of late
	answer  time.Duration // from sending an update to its acknowledgement without painting, usually
	rtt     time.Duration // shortest of late from sending a small update to its acknowledgement
	rttAt   time.Time
	lastAck time.Time
}

type inFlight struct {
	seq   uint32
	bytes int
	at    time.Time
	ahead int  // bytes in flight with it
	alone bool // nothing else was in flight when it was sent, and the viewer answered at once
	was   delivered
}

// clear forgets what is in flight: after RESET nobody waits for it.
func (w *window) clear() { w.flight, w.bytes = w.flight[:0], 0 }

// limit is how many bytes may be in flight.
func (w *window) limit() int {
	if w.rate == 0 {
		return firstLimit
	}
	return min(max(int(w.link()*(w.rtt+slack).Seconds()), lowestLimit), highestLimit)
}

// room is how many bytes the next update may have, 0 for none now.
func (w *window) room() int {
	if len(w.flight) >= maxInFlight {
		return 0
	}
	room := min(w.slice(), w.limit()-w.bytes)
	if room < minRoom {
		return 0
	}
	return room
}

// link is how many bytes a second the link carries: what the viewer takes, unless it
// is the page that is slow.
func (w *window) link() float64 { return max(w.rate, w.best.rate) }

// slice is how many bytes one update may have, so that a letter does not wait long
// for the one before it: not longer than a part of what the viewer takes anyway.
func (w *window) slice() int {
	wait := min(max(w.answer/answerPart, sliceTime), slowestSlice)
	return min(max(int(w.link()*wait.Seconds()), sliceBytes), widestSlice)
}

// bears reports whether an update of so many bytes may be sent although there is no
// room for it, so that others, who are a little faster, need not wait.
func (w *window) bears(bytes int) bool {
	return len(w.flight) < 2*maxInFlight && w.bytes+bytes <= w.limit()+sliceBytes
}

func (w *window) sent(u Update, at time.Time) {
	alone := len(w.flight) == 0
	if alone {
		w.best.now.at = at // it rested until now
	}
	w.bytes += u.Bytes
	w.flight = append(w.flight, inFlight{u.Seq, u.Bytes, at, w.bytes, alone, w.best.now})
}

// acked takes all updates up to seq out of flight and returns the last of them.
// Decoding and painting that one took the viewer so long; one that rested tells
// nothing of the link. A number that is not in flight, an old or a hostile one,
// changes nothing.
func (w *window) acked(seq uint32, paint time.Duration, at time.Time) (last inFlight, ok bool) {
	n := 0
	for i, f := range w.flight {
		if f.seq == seq {
			n = i + 1
		}
	}
	if n == 0 {
		return last, false
	}
	last = w.flight[n-1]
	bytes := 0
	for _, f := range w.flight[:n] {
		bytes += f.bytes
	}
	w.best.now.bytes += bytes
	if paint >= wire.Rested {
		last.alone = false
	} else {
		together := n > 1 || !last.alone && at.Add(-paint).Sub(w.lastAck) < bunched
		if together && w.rtt < farAway {
			w.best.renew(at)
		}
		w.best.measure(last.was, at.Add(-paint))
		w.answer += (at.Sub(last.at) - paint - w.answer) / 4
		if bytes >= rateSample {
			w.measureRate(bytes, w.flight[0].at, at.Add(-paint))
		}
		w.measureRoundTrip(last, at)
	}
	w.best.now.at = at
	w.bytes -= bytes
	w.flight = append(w.flight[:0], w.flight[n:]...)
	w.lastAck = at
	return last, true
}

// measureRoundTrip learns from small updates that had the link to themselves,
// and while there is nothing better from any.
func (w *window) measureRoundTrip(f inFlight, at time.Time) {
	small := f.bytes < rateSample && f.alone
	if rtt := at.Sub(f.at); w.rtt == 0 || rtt <= w.rtt || small && at.Sub(w.rttAt) > rttMemory {
		w.rtt, w.rttAt = rtt, at
	}
}

// measureRate learns from bytes that were sent from then on and have arrived.
func (w *window) measureRate(bytes int, sent, at time.Time) {
	since := sent.Add(w.rtt) // when the acknowledgement of a tiny update would have come
	if w.lastAck.After(since) {
		since = w.lastAck // they waited behind the one before
	}
	took := max(at.Sub(since), 100*time.Microsecond)
	sample := float64(bytes) / took.Seconds()
	if w.rate == 0 {
		w.rate = sample
		return
	}
	w.rate += (min(sample, 2*w.rate) - w.rate) / 2
}
