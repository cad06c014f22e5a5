//go:build long

package input_test

import "time"

const stormFor = time.Minute
