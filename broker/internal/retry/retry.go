// Package retry says how long to wait before what failed is tried again.
package retry

import "time"

// maxDoublings keeps the doubling within a time.Duration; each wait is at its bound long before.
const maxDoublings = 16

// Wait is the wait after so many failed tries before this one: first, doubled with each, and longest at most.
func Wait(first, longest time.Duration, tries int) time.Duration {
	return min(first<<min(tries, maxDoublings), longest)
}
