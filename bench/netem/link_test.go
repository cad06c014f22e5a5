//go:build linux

package main

import (
	"math/rand/v2"
	"testing"
	"time"
)

var start = time.Unix(1_000_000, 0)

func never() float64 { return 1 }

func TestRateAndDelay(t *testing.T) {
	l := link{rate: 8_000_000, delay: 20 * time.Millisecond, queue: 64 << 10, dice: never} // a byte a microsecond
	tests := []struct {
		at, want time.Duration
	}{
		{0, 21 * time.Millisecond},                       // its own millisecond and the delay
		{0, 22 * time.Millisecond},                       // behind the first
		{1500 * time.Microsecond, 23 * time.Millisecond}, // the second is half sent
		{10 * time.Millisecond, 31 * time.Millisecond},   // the wire has been free
	}
	for i, tt := range tests {
		got, ok := l.offer(start.Add(tt.at), 1000)
		if diff := got.Sub(start.Add(tt.want)).Abs(); !ok || diff > time.Microsecond {
			t.Errorf("packet %d: arrives after %v, %t, want %v", i, got.Sub(start), ok, tt.want)
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	l := link{rate: 8_000_000, queue: 3000, dice: never}
	for i := range 3 {
		if _, ok := l.offer(start, 1000); !ok {
			t.Fatalf("packet %d of 3 was dropped", i)
		}
	}
	if _, ok := l.offer(start, 1000); ok {
		t.Error("a packet that does not fit was taken")
	}
	if _, ok := l.offer(start.Add(time.Millisecond), 1000); !ok {
		t.Error("a packet was dropped where one had left")
	}
	if l.sum != (counters{Carried: 4, Dropped: 1}) {
		t.Errorf("counters: got %+v", l.sum)
	}
}

func TestLossIsIndependentAndTakesTime(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	l := link{rate: 8_000_000, loss: 0.01, queue: 64 << 10, dice: dice.Float64}
	const n = 100_000
	at := start
	for range n {
		l.offer(at, 1000)
		at = at.Add(time.Millisecond)
	}
	if l.sum.Lost < n/100-n/1000 || l.sum.Lost > n/100+n/1000 || l.sum.Lost+l.sum.Carried != n {
		t.Errorf("of %d packets: %+v, want 1 %% lost", n, l.sum)
	}
	always := link{rate: 8_000_000, loss: 1, queue: 64 << 10, dice: func() float64 { return 0 }}
	always.offer(start, 1000)
	if got := always.free.Sub(start); got != time.Millisecond {
		t.Errorf("a lost packet took %v of the wire, want 1ms", got)
	}
}

func TestOrderIsKept(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	l := link{rate: 5_000_000, delay: 20 * time.Millisecond, loss: 0.1, queue: 64 << 10, dice: dice.Float64}
	at, last := start, start
	for range 10_000 {
		at = at.Add(time.Duration(dice.IntN(3000)) * time.Microsecond)
		arrives, ok := l.offer(at, 40+dice.IntN(1460))
		if ok && arrives.Before(last) {
			t.Fatal("a packet overtook another")
		}
		if ok {
			last = arrives
		}
	}
}

func TestNoRateMeansNoQueue(t *testing.T) {
	l := link{delay: time.Millisecond, queue: 1500, dice: never}
	for range 10 {
		if got, ok := l.offer(start, 1500); !ok || got != start.Add(time.Millisecond) {
			t.Fatalf("arrives after %v, %t", got.Sub(start), ok)
		}
	}
}
