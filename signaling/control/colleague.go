package control

import "errors"

// Introduce tells the client of a second technician, whom the first calls in to look
// on: who holds Key and knows Bind may knock within a few minutes, once. Both come of
// a link that reached that technician outside of the broker (signaling/invite).
type Introduce struct {
	Key  []byte `json:"key"`
	Bind []byte `json:"bind"`
}

// Dismiss sends the second technician away, or takes the link to them back. Key is the
// one that was introduced.
type Dismiss struct {
	Key []byte `json:"key"`
}

// ColleagueState says how it stands with the second technician.
type ColleagueState string

// The states.
const (
	ColleagueCalled   ColleagueState = "called"   // introduced; nobody proved to be them yet
	ColleagueAsking   ColleagueState = "asking"   // the requester is asked, or will be at once
	ColleagueHere     ColleagueState = "here"     // they look on
	ColleagueDeclined ColleagueState = "declined" // the requester said no, or nothing
	ColleagueGone     ColleagueState = "gone"     // they left, were sent away, or did not come in time
)

// Colleague tells both technicians of the second one, whenever that changes.
type Colleague struct {
	Technician string         `json:"technician"` // display name; empty while nobody came
	State      ColleagueState `json:"state"`
}

func (Introduce) controlType() string { return "introduce" }
func (Dismiss) controlType() string   { return "dismiss" }
func (Colleague) controlType() string { return "colleague" }

func (m Introduce) validate() error {
	if len(m.Key) != 32 || len(m.Bind) != 32 {
		return errors.New("key or bind is missing or malformed")
	}
	return nil
}

func (m Dismiss) validate() error {
	if len(m.Key) != 32 {
		return errors.New("key is missing or malformed")
	}
	return nil
}

func (m Colleague) validate() error {
	switch m.State {
	case ColleagueCalled, ColleagueAsking, ColleagueHere, ColleagueDeclined, ColleagueGone:
		return nil
	}
	return errors.New("unknown state")
}
