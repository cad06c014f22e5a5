//go:build !long

package input_test

import "time"

// stormFor is how long the storm of clicks lasts; see storm_long_linux_test.go.
const stormFor = 5 * time.Second
