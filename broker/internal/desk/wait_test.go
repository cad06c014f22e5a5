package desk_test

import (
	"testing"
	"time"

	"beside/broker/internal/desk"
)

func TestWaitRange(t *testing.T) {
	minutes := func(m ...int) []time.Duration {
		waits := make([]time.Duration, len(m))
		for i, n := range m {
			waits[i] = time.Duration(n) * time.Minute
		}
		return waits
	}
	for name, tc := range map[string]struct {
		waits    []time.Duration
		waited   time.Duration
		from, to int // minutes; to 0: we cannot say
	}{
		"nobody yet":                          {nil, 0, 0, 0},
		"too few":                             {minutes(1, 2, 3, 4), 0, 0, 0},
		"just enough":                         {minutes(5, 4, 3, 2, 1), 0, 1, 4},
		"ten":                                 {minutes(10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 0, 20, 80},
		"one who waits already has less left": {minutes(10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 15 * time.Minute, 15, 75},
		"those who were helped sooner say nothing of who waits on": {minutes(10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 50 * time.Minute, 10, 40},
		"longer than others ever do":                               {minutes(10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 60 * time.Minute, 0, 0},
		"all the same":                                             {minutes(7, 7, 7, 7, 7), 0, 7, 7},
	} {
		t.Run(name, func(t *testing.T) {
			from, to, known := desk.WaitRange(tc.waits, tc.waited)
			if known != (tc.to > 0) || from != time.Duration(tc.from)*time.Minute || to != time.Duration(tc.to)*time.Minute {
				t.Errorf("WaitRange = %v to %v, %v; want %d to %d minutes", from, to, known, tc.from, tc.to)
			}
		})
	}
}
