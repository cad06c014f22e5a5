package input

import (
	"image"

	robotgo "github.com/go-vgo/robotgo/x11"

	"beside/signaling/control"
)

// robot moves the pointer and turns the wheel through robotgo. Presses do not go
// through it: it has a connection of its own, which waits while ours holds the
// server for the check of whose window a press would reach.
type robot struct {
	dx, dy int // parts of a notch that are left over
	unread int // messages on its connection that nobody reads
}

// Robotgo never reads what the server tells unasked, and stops for good after
// 5000 such messages. We cause one at each change of a spare key.
const maxUnread = 1000

// Both return when the server has done it.

func (r *robot) move(to image.Point) {
	r.renew()
	robotgo.Move(to.X, to.Y)
}

func (r *robot) scroll(dx, dy int) {
	r.renew()
	// Robotgo counts left and up.
	robotgo.Scroll(-notches(&r.dx, dx), -notches(&r.dy, dy), 0)
}

// notches adds units to what is left over and takes out the whole notches. A
// turn the other way starts anew.
func notches(left *int, units int) int {
	if (*left < 0) != (units < 0) {
		*left = 0
	}
	*left += units
	n := *left / control.WheelNotch
	*left -= n * control.WheelNotch
	return n
}

func (r *robot) rest() { r.dx, r.dy = 0, 0 }

func (r *robot) renew() {
	if r.unread >= maxUnread {
		r.close()
	}
}

func (r *robot) close() {
	robotgo.Close()
	r.unread = 0
}
