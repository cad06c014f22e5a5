package display

import (
	"testing"
	"time"

	wire "beside/signaling/display"
)

// A viewer that comes back after minutes has not learnt us a slow link.
func TestRestedViewerTellsNothingOfTheLink(t *testing.T) {
	at := time.Unix(1000, 0)
	var w window
	w.sent(Update{Seq: 1, Bytes: 100}, at)
	w.acked(1, 0, at.Add(4*time.Millisecond))
	w.sent(Update{Seq: 2, Bytes: 20000}, at.Add(time.Second))
	w.acked(2, time.Millisecond, at.Add(time.Second+10*time.Millisecond))
	rate, rtt := w.rate, w.rtt
	if rate == 0 || rtt != 4*time.Millisecond {
		t.Fatalf("got rate %v, round trip %v", rate, rtt)
	}
	for i, bytes := range []int{200, 30000} {
		sent := at.Add(time.Duration(i+1) * time.Hour)
		w.sent(Update{Seq: uint32(i + 3), Bytes: bytes}, sent)
		if last, ok := w.acked(uint32(i+3), wire.Rested, sent.Add(10*time.Minute)); !ok || last.alone {
			t.Errorf("acknowledged: %v, as the only one: %v", ok, last.alone)
		}
	}
	if w.rate != rate || w.rtt != rtt || w.bytes != 0 || len(w.flight) != 0 {
		t.Errorf("got rate %v, round trip %v, %d bytes in flight; want %v, %v, 0", w.rate, w.rtt, w.bytes, rate, rtt)
	}
}
