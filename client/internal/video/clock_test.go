package video

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	var c clock
	at := time.Hour // any steady clock
	pts, duration := c.next(at)
	if pts != 0 || duration != firstInterval {
		t.Fatalf("starts at %v for %v", pts, duration)
	}
	for range 100 {
		at += 20 * time.Millisecond
		before := pts
		pts, duration = c.next(at)
		if pts-before != duration {
			t.Fatalf("the clock went on by %v for a picture of %v", pts-before, duration)
		}
	}
	if duration < 19*time.Millisecond || duration > 21*time.Millisecond {
		t.Errorf("pictures 20 ms apart last %v", duration)
	}
	before := pts
	if pts, _ = c.next(at + time.Minute); pts-before > 50*time.Millisecond {
		t.Errorf("a pause of a minute counts %v", pts-before)
	}
	before = pts
	if pts, _ = c.next(at); pts <= before {
		t.Error("the clock stood still when its source went back")
	}
}
