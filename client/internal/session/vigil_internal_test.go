package session

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestSilentBrokerRestsThenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tasks := make(chan func())
		after := func(d time.Duration, f func()) *time.Timer {
			return time.AfterFunc(d, func() { tasks <- f })
		}
		rests, ends := make(chan time.Duration, 1), make(chan time.Duration, 1)
		v := newVigil(after, func() { rests <- time.Since(start) }, func() { ends <- time.Since(start) })
		next := func() { (<-tasks)() }

		v.heard()
		for range 8 { // one word in time after the other
			time.Sleep(restUnheard - time.Millisecond)
			v.heard()
		}
		start = time.Now() // of the silence
		next()
		if got := <-rests; got != 30*time.Second {
			t.Errorf("input rests after %v", got)
		}
		v.heard()
		start = time.Now()
		next()
		if got := <-rests; got != 30*time.Second {
			t.Errorf("input rests again after %v", got)
		}
		next()
		if got := <-ends; got != 5*time.Minute {
			t.Errorf("the session ends after %v", got)
		}
		v.heard()
		v.stop()
		time.Sleep(time.Hour) // nothing is left that would send: the bubble would not end
	})
}
