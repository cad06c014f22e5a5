package record

// DeskRulesChanged: which priority a call gets (by impact, then urgency, the gravest first), and in how many minutes
// each priority is helped and solved.
type DeskRulesChanged struct {
	Matrix  []int `json:"matrix"`
	First   []int `json:"first"`
	Resolve []int `json:"resolve"`
}

// KindDeskRulesChanged is about what an administrator says of the desk's order.
const KindDeskRulesChanged Kind = "desk.rules_changed"

func (DeskRulesChanged) kind() Kind { return KindDeskRulesChanged }
