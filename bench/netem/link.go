//go:build linux

package main

import "time"

// link is one direction of a line: a queue in front of a wire of some rate, then
// its length, on which packets get lost. Order is kept. It decides and holds
// nothing, so the clock is the caller's.
type link struct {
	rate  float64       // bits a second; 0: no limit
	delay time.Duration // of the wire
	loss  float64       // part of the packets that the wire loses, each by itself
	queue int           // bytes that may wait, the packet on the wire among them
	dice  func() float64

	free time.Time // when the wire has sent all that was accepted
	sum  counters
}

// counters are of packets.
type counters struct {
	Carried int `json:"carried"`
	Lost    int `json:"lost"`    // on the wire
	Dropped int `json:"dropped"` // at the full queue
}

// offer takes a packet of so many bytes and says when it arrives, if it does.
// Calls must be in the order of time.
func (l *link) offer(now time.Time, bytes int) (arrives time.Time, ok bool) {
	if l.free.Before(now) {
		l.free = now
	}
	if l.waiting(now)+bytes > l.queue {
		l.sum.Dropped++
		return time.Time{}, false
	}
	if l.rate > 0 {
		l.free = l.free.Add(time.Duration(float64(bytes) * 8 / l.rate * float64(time.Second)))
	}
	if l.dice() < l.loss { // it has taken its time on the wire all the same
		l.sum.Lost++
		return time.Time{}, false
	}
	l.sum.Carried++
	return l.free.Add(l.delay), true
}

// waiting is how many accepted bytes the wire has not sent yet.
func (l *link) waiting(now time.Time) int {
	return int(l.rate / 8 * l.free.Sub(now).Seconds())
}
