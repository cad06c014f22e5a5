package display

import (
	"testing"

	wire "beside/signaling/display"
)

// On the repeat channel an acknowledgement may arrive behind a newer one.
func TestOlderAckDoesNotReplaceANewerOne(t *testing.T) {
	for _, seqs := range [][]uint32{{6, 7}, {7, 6}, {1<<32 - 1, 0}, {0, 1<<32 - 1}} {
		var s Stream
		want := seqs[0]
		for _, seq := range seqs {
			if int32(seq-want) > 0 {
				want = seq
			}
			if err := s.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq})); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.mail.ack.Seq; got != want {
			t.Errorf("acks %v: kept %d, want %d", seqs, got, want)
		}
	}
}
