package control

// Locks says which lock keys of the requester's keyboard are on. The client says
// it while control is lent, at first and after each change; a lock that this
// desktop has no state for is off.
type Locks struct {
	Caps   bool `json:"caps"`
	Num    bool `json:"num"`
	Scroll bool `json:"scroll"`
}

func (Locks) controlType() string { return "locks" }
