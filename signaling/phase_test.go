package signaling_test

import (
	"testing"

	"beside/signaling"
)

func TestPhases(t *testing.T) {
	all := []signaling.Phase{signaling.Invited, signaling.Joined, signaling.Asking, signaling.Live, signaling.Paused, signaling.Ended}
	legal := map[[2]signaling.Phase]bool{
		{signaling.Invited, signaling.Joined}: true,
		{signaling.Joined, signaling.Asking}:  true,
		{signaling.Asking, signaling.Live}:    true,
		{signaling.Live, signaling.Paused}:    true,
		{signaling.Live, signaling.Asking}:    true,
		{signaling.Paused, signaling.Live}:    true,
		{signaling.Paused, signaling.Asking}:  true,
	}
	for _, p := range all {
		for _, q := range all {
			want := legal[[2]signaling.Phase{p, q}] || q == signaling.Ended && p != signaling.Ended
			if got := p.CanBecome(q); got != want {
				t.Errorf("%s → %s: %v, want %v", p, q, got, want)
			}
		}
		if p.CanBecome("made up") || signaling.Phase("made up").CanBecome(p) {
			t.Errorf("a made-up phase leads to or from %s", p)
		}
	}
}

func TestReasonsAreClosed(t *testing.T) {
	for reason, want := range map[signaling.Reason]bool{
		signaling.ByRequester: true, signaling.LostClient: true, signaling.NotVerified: true, "": false, "Requester": false, "bored": false,
	} {
		if got := reason.Valid(); got != want {
			t.Errorf("%q.Valid() = %v, want %v", reason, got, want)
		}
	}
}
