//go:build !linux

package video_test

import "testing"

func resident(t *testing.T) int {
	t.Skip("how much memory the process takes is only read on Linux")
	return 0
}
