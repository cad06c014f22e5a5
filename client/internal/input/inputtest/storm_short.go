//go:build !long

package inputtest

import "time"

// Storm is how long a storm of clicks lasts; see storm_long.go.
const Storm = 5 * time.Second
