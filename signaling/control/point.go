// Showing the person where to look: a mark on their screen that clicks nothing.
// Places are as in pointer.go, and so is what is lost: Point alone travels
// unreliable on "pointer".

package control

// Point has the mark at a place. N counts every Point, Here and Unpoint of a
// connection from 1; a Point that arrives after something with a higher N is stale.
type Point struct {
	Gen uint64 `json:"gen"`
	N   uint32 `json:"n"`
	X   uint16 `json:"x"`
	Y   uint16 `json:"y"`
}

// Here has the mark at a place, larger for a moment: the technician pressed there.
type Here struct {
	Gen uint64 `json:"gen"`
	N   uint32 `json:"n"`
	X   uint16 `json:"x"`
	Y   uint16 `json:"y"`
}

// Unpoint takes the mark away.
type Unpoint struct {
	Gen uint64 `json:"gen"`
	N   uint32 `json:"n"`
}

func (p Point) Generation() uint64   { return p.Gen }
func (h Here) Generation() uint64    { return h.Gen }
func (u Unpoint) Generation() uint64 { return u.Gen }

func (Point) kind() string   { return "point" }
func (Here) kind() string    { return "here" }
func (Unpoint) kind() string { return "unpoint" }

func (Point) check() error   { return nil }
func (Here) check() error    { return nil }
func (Unpoint) check() error { return nil }
