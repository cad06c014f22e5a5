package input

import (
	"github.com/jezek/xgb/xproto"

	"beside/signaling/control"
)

const keysymScrollLock = 0xff14

// Locks reads which lock modifiers are on. Layouts seldom make Scroll Lock one,
// and then X has no state of it.
func (x *x11) Locks() (control.Locks, error) {
	state, err := x.desk.xkb.state()
	if err != nil {
		return control.Locks{}, err
	}
	if state.locked == 0 {
		return control.Locks{}, nil
	}
	layout, err := x.desk.xkb.keymap()
	if err != nil {
		return control.Locks{}, err
	}
	_, num := layout.modifier(keysymNumLock)
	_, scroll := layout.modifier(keysymScrollLock)
	return control.Locks{
		Caps: state.locked&xproto.ModMaskLock != 0, Num: state.locked&num != 0, Scroll: state.locked&scroll != 0,
	}, nil
}
