package record

// TicketHandedOver: a ticket was given on with a note; To is a technician, or empty for whoever takes it next.
type TicketHandedOver struct {
	To string `json:"to"`
}

// KindTicketHandedOver is about tickets that are given on.
const KindTicketHandedOver Kind = "ticket.handed_over"

func (TicketHandedOver) kind() Kind { return KindTicketHandedOver }
