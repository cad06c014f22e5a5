package record

// TicketLinked: a ticket was linked with another; Link is related, duplicate when it is one of the other, or
// original when the other is one of it.
type TicketLinked struct {
	Other string `json:"other"`
	Link  string `json:"link"`
}

// TicketUnlinked: the link of a ticket with another was taken away.
type TicketUnlinked struct {
	Other string `json:"other"`
}

// The kinds of links between tickets.
const (
	KindTicketLinked   Kind = "ticket.linked"
	KindTicketUnlinked Kind = "ticket.unlinked"
)

func (TicketLinked) kind() Kind   { return KindTicketLinked }
func (TicketUnlinked) kind() Kind { return KindTicketUnlinked }
