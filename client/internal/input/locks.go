package input

import (
	"time"

	"beside/signaling/control"
)

// A LockReader is an Injector that can tell which lock keys are on.
type LockReader interface {
	Locks() (control.Locks, error)
}

// locksEvery is how often they are read while control is lent.
const locksEvery = 500 * time.Millisecond

// Locks gives the newest state of the lock keys, at first after each Use and
// whenever it changed. It is never closed.
func (h *Hands) Locks() <-chan control.Locks { return h.locks }

// onLocks reads the lock keys under the right to control: what they are is a
// thing of the requester's.
func (h *Hands) onLocks() {
	reader, ok := h.inj.(LockReader)
	if !ok || h.lease == nil {
		return
	}
	var now control.Locks
	err := h.lease.Do(func() (err error) {
		now, err = reader.Locks()
		return err
	})
	if err != nil || h.locked != nil && now == *h.locked {
		return
	}
	h.locked = &now
	select {
	case <-h.locks: // nobody took the one before
	default:
	}
	h.locks <- now
}
