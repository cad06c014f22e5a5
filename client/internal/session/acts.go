package session

import (
	"sync"

	"beside/signaling/control"
)

// maxEarly is how many acts that overtook others are kept until those come.
const maxEarly = 64

// acts puts what the hands are to do into the order in which it was done, and
// does each once: every act comes on the ordered channel and may come before that
// on the one that loses. Safe for every goroutine.
type acts struct {
	mu      sync.Mutex
	ordered uint32                   // that came on control
	done    uint32                   // that were done: the first ones
	early   map[uint32]control.Input // by number, all greater than done+1
}

// next takes the next act of the ordered channel. do is called for it, unless it
// was done before, and for what follows it and is there; not at the same time as
// another.
func (a *acts) next(in control.Input, do func(control.Input)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ordered++
	if a.ordered > a.done {
		a.take(in, do)
	}
}

// skip counts an act of the ordered channel that must not be done.
func (a *acts) skip() {
	a.next(nil, func(control.Input) {})
}

// again takes an act of the channel that loses. One that comes too late is
// dropped, as is one that is too early to be kept: it will come in order.
func (a *acts) again(seq uint32, in control.Input, do func(control.Input)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case seq == a.done+1:
		a.take(in, do)
	case seq > a.done && seq-a.done <= maxEarly:
		if a.early == nil {
			a.early = make(map[uint32]control.Input)
		}
		a.early[seq] = in
	}
}

func (a *acts) take(in control.Input, do func(control.Input)) {
	for ok := true; ok; in, ok = a.early[a.done+1] {
		a.done++
		delete(a.early, a.done)
		do(in)
	}
}
