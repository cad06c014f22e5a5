package desk

import (
	"math"
	"slices"
	"time"
)

// MinWaits is of how many people one must know how long they waited to say how long the next one waits.
const MinWaits = 5

// WaitRange says how much longer somebody waits who has waited already: between the 20th and the 80th percentile, by
// nearest rank, of what those had left who once had waited as long. It knows nothing when fewer than MinWaits did, so it
// promises nothing to whoever has waited longer than others ever do.
func WaitRange(waits []time.Duration, waited time.Duration) (from, to time.Duration, known bool) {
	var left []time.Duration
	for _, w := range waits {
		if w > waited {
			left = append(left, w-waited)
		}
	}
	if len(left) < MinWaits {
		return 0, 0, false
	}
	slices.Sort(left)
	return ranked(left, 0.2), ranked(left, 0.8), true
}

// ranked is the percentile of sorted times by nearest rank.
func ranked(times []time.Duration, p float64) time.Duration {
	return times[max(0, int(math.Ceil(p*float64(len(times))))-1)]
}
