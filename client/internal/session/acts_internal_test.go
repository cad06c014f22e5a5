package session

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"beside/signaling/control"
)

// Whatever is lost, late and double on the channel that loses, all acts are done
// once, in their order.
func TestActsAreDoneOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "acts")
		var a acts
		var done []uint64
		do := func(in control.Input) { done = append(done, in.Generation()) }
		act := func(i int) control.Input { return control.Release{Gen: uint64(i)} }
		for ordered := 0; ordered < n; {
			if rapid.Bool().Draw(t, "in order") {
				ordered++
				a.next(act(ordered), do)
				continue
			}
			seq := rapid.IntRange(max(1, ordered-100), min(n, ordered+100)).Draw(t, "again")
			a.again(uint32(seq), act(seq), do)
			if len(a.early) > maxEarly {
				t.Fatalf("%d acts are kept", len(a.early))
			}
		}
		want := make([]uint64, n)
		for i := range want {
			want[i] = uint64(i + 1)
		}
		if !slices.Equal(done, want) {
			t.Fatalf("done %v of %d", done, n)
		}
	})
}

func TestAnActOvertakesALostOne(t *testing.T) {
	var a acts
	var done []uint64
	do := func(in control.Input) { done = append(done, in.Generation()) }
	a.skip() // 1: nobody was verified yet
	a.again(3, control.Release{Gen: 3}, do)
	a.again(2, control.Release{Gen: 2}, do)
	if !slices.Equal(done, []uint64{2, 3}) {
		t.Fatalf("done %v before anything came in order, want 2 and 3", done)
	}
	a.again(1000, control.Release{Gen: 1000}, do) // made up, or far ahead
	a.again(0, control.Release{}, do)
	a.next(control.Release{Gen: 2}, do)
	a.next(control.Release{Gen: 3}, do)
	a.next(control.Release{Gen: 4}, do)
	if !slices.Equal(done, []uint64{2, 3, 4}) || len(a.early) != 0 {
		t.Fatalf("done %v, kept %d", done, len(a.early))
	}
}
