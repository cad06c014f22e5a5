package display

// Left counts the pixels that the copies found so far do not explain, and those copies.
func (e *Encoder) Left() (pixels, copies int) {
	for i, px := range e.frame.Pix {
		if px != e.shadow.Pix[i] {
			pixels++
		}
	}
	return pixels, len(e.moves)
}

// Wake ends the rest that useless searches for moves have led to.
func (e *Encoder) Wake() { e.mover.useless, e.mover.resting = 0, 0 }
