package record

// AskingPolicyChanged: whether whoever reaches the broker may ask for help at the help page.
type AskingPolicyChanged struct {
	Allowed bool `json:"allowed"`
}

// TicketWithdrawn: the person who asked at the help page does not need help any more.
type TicketWithdrawn struct {
}

// The kinds of the help page.
const (
	KindAskingPolicyChanged Kind = "policy.asking_changed"
	KindTicketWithdrawn     Kind = "ticket.withdrawn"
)

func (AskingPolicyChanged) kind() Kind { return KindAskingPolicyChanged }
func (TicketWithdrawn) kind() Kind     { return KindTicketWithdrawn }
