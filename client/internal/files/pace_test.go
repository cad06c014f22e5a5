package files_test

import (
	"testing"
	"time"

	"beside/client/internal/files"
)

// fill takes as much room as there is, in pieces, and says how much that was.
func fill(p *files.Pace, piece int) (taken int) {
	for p.Take(piece) == nil {
		taken += piece
	}
	return taken
}

func TestPaceGrowsWhileAnswersAreQuickAndShrinksWhenTheyAreNot(t *testing.T) {
	const piece = 16 << 10
	p, now := files.NewPace(), time.Unix(0, 0)
	first := fill(p, piece)
	round := func(under int, took time.Duration) int {
		now = now.Add(2 * took)
		for under > 0 {
			p.Answered(piece, took, now)
			under -= piece
		}
		return fill(p, piece)
	}
	under := first
	for range 60 {
		under = round(under, 10*time.Millisecond)
	}
	if under < 8*first {
		t.Errorf("%d bytes under way after quick answers, %d at first", under, first)
	}
	quick := under
	for range 60 {
		under = round(under, 80*time.Millisecond)
	}
	if under > first {
		t.Errorf("%d bytes under way after slow answers, %d before, want no more than %d", under, quick, first)
	}
}

func TestPaceSaysWhenThereIsRoom(t *testing.T) {
	p := files.NewPace()
	fill(p, 16<<10)
	wait := p.Take(16 << 10)
	select {
	case <-wait:
		t.Fatal("room before anything arrived")
	default:
	}
	p.Gone(16 << 10)
	<-wait
	if p.Take(16<<10) != nil {
		t.Error("no room for what is gone")
	}
}
