package display_test

import (
	"image"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/display"
)

func TestStagesSumWhatTookTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		before := s.seat.Stats()
		for i := range 20 { // a series, in which pace lets changes wait
			src.draw(image.Rect(10*i, 0, 10*i+50, 40), uint64(i))
			pass(5 * time.Millisecond)
		}
		s.exact(t, src.pix.Bounds())
		synctest.Wait()
		got := s.seat.Stats().Stages.Sub(before.Stages)
		if got.Grabs == 0 || got.Wait == 0 || got.Wait > 20*20*time.Millisecond {
			t.Errorf("%d grabs after %v, want some after the wait of a series", got.Grabs, got.Wait)
		}
		if got.Answers == 0 || got.Paint != time.Duration(got.Answers)*time.Millisecond {
			t.Errorf("%d answers with %v of painting, want a millisecond each", got.Answers, got.Paint)
		}
		if all := s.seat.Stats().Stages; all.Sub(all) != (display.Stages{}) {
			t.Errorf("a difference to itself: %+v", all.Sub(all))
		}
	})
}
