package display

import (
	"testing"

	wire "beside/signaling/display"
)

// On the repeat channel an acknowledgement may arrive behind a newer one.
func TestOlderAckDoesNotReplaceANewerOne(t *testing.T) {
	for _, seqs := range [][]uint32{{6, 7}, {7, 6}, {1<<32 - 1, 0}, {0, 1<<32 - 1}} {
		v, err := new(Stream).Join(Viewer{})
		if err != nil {
			t.Fatal(err)
		}
		want := seqs[0]
		for _, seq := range seqs {
			if int32(seq-want) > 0 {
				want = seq
			}
			if err := v.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq})); err != nil {
				t.Fatal(err)
			}
		}
		if got := v.mail.ack.Seq; got != want {
			t.Errorf("acks %v: kept %d, want %d", seqs, got, want)
		}
	}
}
