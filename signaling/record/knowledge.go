package record

// TicketPromoted: how a ticket was solved is kept as knowledge.
type TicketPromoted struct {
}

// TicketDemoted: it is no longer.
type TicketDemoted struct {
}

// The kinds of knowledge.
const (
	KindTicketPromoted Kind = "ticket.promoted"
	KindTicketDemoted  Kind = "ticket.demoted"
)

func (TicketPromoted) kind() Kind { return KindTicketPromoted }
func (TicketDemoted) kind() Kind  { return KindTicketDemoted }
