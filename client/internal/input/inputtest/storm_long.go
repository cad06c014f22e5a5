//go:build long

package inputtest

import "time"

// Storm is how long a storm of clicks lasts.
const Storm = time.Minute
