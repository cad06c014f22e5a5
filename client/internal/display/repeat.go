package display

import "time"

const (
	repeatAfter = 4 * time.Millisecond  // on a short way the acknowledgement is here by then
	onePacket   = 1100                  // bytes of an update that travels in one packet
	repeatTime  = 20 * time.Millisecond // of the link: where packets get lost, what takes longer is not repeated
	farAway     = 10 * time.Millisecond // of round trip: then every small update is worth two packets
	lateness    = 50 * time.Millisecond // beyond twice the round trip: a packet was lost
	farLateness = 25 * time.Millisecond // beyond one and a half, where that is far
	lossMemory  = time.Minute
	maxRepeats  = 4 // waiting; an older one gives way
)

// repeater sends small updates a second time, on the repeat channel. The transport
// notices the loss of the last packet of a burst only after a long timeout, and
// the answer to a key is often just that packet. Where packets get lost larger ones
// are repeated too: a lost one would hold up all behind it for a round trip and more.
// On a near and clean way nothing is repeated. Owned by the Stream's goroutine, one for each viewer.
type repeater struct {
	waiting []repeat // oldest first
	free    [][]byte
	lost    time.Time // when a packet was lost, as far as one can tell
}

type repeat struct {
	at  time.Time
	seq uint32
	msg []byte
}

// sent takes note of an update that was sent, over a link of that rate in bytes a second.
func (r *repeater) sent(u Update, now time.Time, rtt time.Duration, rate float64) {
	if len(u.Messages) != 1 || u.Reset {
		return
	}
	lossy := !r.lost.IsZero() && now.Sub(r.lost) <= lossMemory
	switch {
	case u.Bytes <= onePacket && (lossy || rtt >= farAway):
	case lossy && float64(u.Bytes) <= rate*repeatTime.Seconds():
	default:
		return
	}
	if len(r.waiting) == maxRepeats {
		r.drop(1)
	}
	var msg []byte
	if n := len(r.free); n > 0 {
		msg, r.free = r.free[n-1], r.free[:n-1]
	}
	r.waiting = append(r.waiting, repeat{now.Add(repeatAfter), u.Seq, append(msg[:0], u.Messages[0]...)})
}

// due returns the message to be repeated now, nil if there is none. It is valid
// until the next call of any method.
func (r *repeater) due(now time.Time) []byte {
	if len(r.waiting) == 0 || now.Before(r.waiting[0].at) {
		return nil
	}
	msg := r.waiting[0].msg
	r.drop(1)
	return msg
}

// next is when to look again; ok is false when nothing waits.
func (r *repeater) next() (at time.Time, ok bool) {
	if len(r.waiting) == 0 {
		return at, false
	}
	return r.waiting[0].at, true
}

// acked forgets what has arrived.
func (r *repeater) acked(seq uint32) {
	n := 0
	for n < len(r.waiting) && int32(r.waiting[n].seq-seq) <= 0 {
		n++
	}
	r.drop(n)
}

// late takes note of how long an acknowledgement took, beyond what the link needed
// for the bytes before it.
func (r *repeater) late(took, rtt time.Duration, now time.Time) {
	if took > 2*rtt+lateness || rtt >= farAway && took > rtt*3/2+farLateness {
		r.lost = now
	}
}

// clear forgets everything that waits: after RESET nobody needs it.
func (r *repeater) clear() { r.drop(len(r.waiting)) }

func (r *repeater) drop(n int) {
	for _, w := range r.waiting[:n] {
		r.free = append(r.free, w.msg)
	}
	r.waiting = append(r.waiting[:0], r.waiting[n:]...)
}
