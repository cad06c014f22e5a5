package signaling_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"beside/signaling"
)

func candidate(text string) signaling.Candidate { return signaling.Candidate{Candidate: text} }

func TestOutboxKeepsUntilAcknowledged(t *testing.T) {
	o := signaling.NewOutbox(clientEpoch, viewerEpoch)
	for _, text := range []string{"a", "b", "c"} {
		if _, err := o.Add(candidate(text)); err != nil {
			t.Fatal(err)
		}
	}
	o.Acked(2)
	o.Acked(1) // overtaken
	kept := o.Unacked()
	want := signaling.Candidate{Peer: signaling.Peer{From: clientEpoch, To: viewerEpoch, Seq: 3}, Candidate: "c"}
	if len(kept) != 1 || kept[0] != want {
		t.Errorf("kept %+v, want only %+v", kept, want)
	}
	o.Acked(100)
	if len(o.Unacked()) != 0 {
		t.Errorf("kept %+v after everything was acknowledged", o.Unacked())
	}
}

func TestOutboxIsBounded(t *testing.T) {
	o := signaling.NewOutbox(clientEpoch, viewerEpoch)
	for i := range 64 {
		if _, err := o.Add(candidate("x")); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if _, err := o.Add(candidate("x")); !errors.Is(err, signaling.ErrOutboxFull) {
		t.Errorf("the 65th unacknowledged message: %v, want ErrOutboxFull", err)
	}
}

func TestInboxRefusesOtherInstances(t *testing.T) {
	i := signaling.NewInbox(viewerEpoch, clientEpoch)
	for name, p := range map[string]signaling.Peer{
		"from another": {From: session, To: viewerEpoch, Seq: 1},
		"to another":   {From: clientEpoch, To: session, Seq: 1},
		"reflected":    {From: viewerEpoch, To: clientEpoch, Seq: 1},
		"not the next": {From: clientEpoch, To: viewerEpoch, Seq: 2},
		"not numbered": {From: clientEpoch, To: viewerEpoch},
	} {
		if i.Take(signaling.Candidate{Peer: p}) {
			t.Errorf("%s: taken", name)
		}
	}
	if got := i.Ack(); got != (signaling.Ack{Peer: signaling.Peer{From: viewerEpoch, To: clientEpoch}}) {
		t.Errorf("ack %+v, want nothing acknowledged", got)
	}
}

// TestDeliveryOverALossyBroker: whatever is lost, repeated or put out of order
// between them, the other end takes every message once and in order.
func TestDeliveryOverALossyBroker(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out, in := signaling.NewOutbox(clientEpoch, viewerEpoch), signaling.NewInbox(viewerEpoch, clientEpoch)
		var wire []signaling.PeerMessage
		var acks []signaling.Ack
		sent, taken := 0, 0
		deliver := func(m signaling.PeerMessage) {
			if in.Take(m) {
				taken++
				if got := m.(signaling.Candidate).Line; got != taken {
					t.Fatalf("took message %d as number %d", got, taken)
				}
			}
			acks = append(acks, in.Ack())
		}
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				m, err := out.Add(signaling.Candidate{Line: sent + 1})
				if err != nil {
					t.Skip("full")
				}
				sent++
				wire = append(wire, m)
			},
			"deliver": func(t *rapid.T) {
				if len(wire) == 0 {
					t.Skip("nothing under way")
				}
				deliver(rapid.SampledFrom(wire).Draw(t, "message")) // it may come again
			},
			"lose":      func(*rapid.T) { wire, acks = nil, nil },
			"reconnect": func(*rapid.T) { wire = append(wire, out.Unacked()...) },
			"acknowledge": func(t *rapid.T) {
				if len(acks) == 0 {
					t.Skip("no ack under way")
				}
				out.Acked(rapid.SampledFrom(acks).Draw(t, "ack").Upto)
			},
		})
		for _, m := range out.Unacked() {
			deliver(m)
		}
		if taken != sent {
			t.Fatalf("took %d of %d", taken, sent)
		}
	})
}
