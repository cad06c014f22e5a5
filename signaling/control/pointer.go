// What the technician's pointer does. Places are fractions of the monitor that
// is shown: 0 is its left or top edge, 65535 the last 1/65536th before the
// other edge, so they hold whatever size either side draws it in.

package control

import "fmt"

// Limits of the pointer messages.
const (
	MaxButton  = 4                // buttons count as in the DOM: left, middle, right, back, forward
	WheelNotch = 120              // units of one notch of a wheel
	MaxWheel   = 100 * WheelNotch // most units of one Wheel in one direction
)

// Move puts the pointer somewhere. Moves travel unreliable and unordered on
// "pointer"; N counts every Move, Button and Wheel of a connection from 1, and a
// Move that arrives after something with a higher N is stale.
type Move struct {
	Gen uint64 `json:"gen"`
	N   uint32 `json:"n"`
	X   uint16 `json:"x"`
	Y   uint16 `json:"y"`
}

// Button presses or lets go of a button at a place. N is in the count of the
// Moves: else a Move that was overtaken would turn the click into a drag.
type Button struct {
	Gen    uint64 `json:"gen"`
	N      uint32 `json:"n"`
	X      uint16 `json:"x"`
	Y      uint16 `json:"y"`
	Button uint8  `json:"button"`
	Down   bool   `json:"down"`
}

// Wheel turns the wheel at a place by WheelNotch units a notch; DX > 0 is to
// the right, DY > 0 is down. Parts of a notch add up at the far side.
type Wheel struct {
	Gen uint64 `json:"gen"`
	N   uint32 `json:"n"`
	X   uint16 `json:"x"`
	Y   uint16 `json:"y"`
	DX  int    `json:"dx"`
	DY  int    `json:"dy"`
}

func (m Move) Generation() uint64   { return m.Gen }
func (b Button) Generation() uint64 { return b.Gen }
func (w Wheel) Generation() uint64  { return w.Gen }

func (Move) kind() string   { return "move" }
func (Button) kind() string { return "button" }
func (Wheel) kind() string  { return "wheel" }

func (Move) check() error { return nil }

func (b Button) check() error {
	if b.Button > MaxButton {
		return fmt.Errorf("button %d, want 0 to %d", b.Button, MaxButton)
	}
	return nil
}

func (w Wheel) check() error {
	if w.DX < -MaxWheel || w.DX > MaxWheel || w.DY < -MaxWheel || w.DY > MaxWheel {
		return fmt.Errorf("wheel by %d, %d, want at most %d", w.DX, w.DY, MaxWheel)
	}
	return nil
}
