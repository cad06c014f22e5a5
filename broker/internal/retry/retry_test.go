package retry_test

import (
	"testing"
	"time"

	"beside/broker/internal/retry"
)

func TestWaitDoublesUpToItsBound(t *testing.T) {
	for tries, want := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 6: time.Minute, 16: time.Minute, 1_000_000: time.Minute,
	} {
		if got := retry.Wait(time.Second, time.Minute, tries); got != want {
			t.Errorf("after %d tries: %v, want %v", tries, got, want)
		}
	}
}
