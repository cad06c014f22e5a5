package record

// MailReceived: a mail came about a ticket, which it may have opened.
type MailReceived struct {
	Mail string `json:"mail"`
}

// MailWritten: a mail about a ticket is to be sent; Automatic: the broker wrote it.
type MailWritten struct {
	Mail      string `json:"mail"`
	Automatic bool   `json:"automatic"`
}

// The kinds of mails.
const (
	KindMailReceived Kind = "ticket.mail_received"
	KindMailWritten  Kind = "ticket.mail_written"
)

func (MailReceived) kind() Kind { return KindMailReceived }
func (MailWritten) kind() Kind  { return KindMailWritten }
