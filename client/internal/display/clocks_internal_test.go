package display

import (
	"testing"
	"time"

	wire "beside/signaling/display"
)

func TestClocksTellTheWayThereFromTheWayBack(t *testing.T) {
	const ms = time.Millisecond
	start := time.Unix(1000, 0)
	viewer := func(at time.Duration) wire.Clock { // its clock wraps meanwhile
		return wire.Clock(1<<32 - 30 + int64(at/(100*time.Microsecond)))
	}
	var c clocks
	for _, step := range []struct {
		name               string
		sent               time.Duration
		there, paint, back time.Duration
	}{
		{"the shortest, by which the clocks are set", 0, ms, 2 * ms, ms},
		{"it waited at the viewer", 10 * ms, 9 * ms, 2 * ms, ms},
		{"its acknowledgement was late", 30 * ms, ms, 5 * ms, 20 * ms},
		{"shorter still", 100 * ms, ms / 2, ms, ms / 2},
		{"after the clocks were set anew", 20 * time.Second, 3 * ms, ms, 3 * ms},
		{"and from there on", 20*time.Second + 50*ms, 3 * ms, ms, 7 * ms},
	} {
		sent := start.Add(step.sent)
		begun := step.sent + step.there
		ack := wire.Ack{Paint: step.paint, Begun: viewer(begun)}
		there, back := c.ways(ack, sent, start.Add(begun+step.paint+step.back))
		if there != step.there || back != step.back {
			t.Errorf("%s: %v there and %v back, want %v and %v", step.name, there, back, step.there, step.back)
		}
	}
}

func TestClocksOfAViewerThatLies(t *testing.T) {
	start := time.Unix(1000, 0)
	var c clocks
	for i, ack := range []wire.Ack{{}, {Begun: 1 << 31}, {Begun: 1<<32 - 1, Paint: time.Hour}, {Paint: time.Second}} {
		at := start.Add(time.Duration(i) * time.Second)
		there, back := c.ways(ack, at, at.Add(5*time.Millisecond))
		if there < 0 || back < 0 || there+back > 5*time.Millisecond {
			t.Errorf("ack %d: %v there and %v back of 5ms", i, there, back)
		}
	}
}
