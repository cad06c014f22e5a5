package mail

import (
	"strings"
	"time"

	"beside/broker/internal/report"
	"beside/broker/internal/store"
)

// Report has a report sent: its figures, which name nobody, and where there is more.
func (d *Desk) Report(tx *store.Tx, address string, r report.Report, more string) error {
	_, host, _ := strings.Cut(d.Address, "@")
	_, err := tx.InsertMail(store.Mail{
		Outgoing: true, Automatic: true, MessageID: store.NewID() + "@" + host, Address: address,
		Subject: d.Organisation + ": " + r.From.Format(time.DateOnly) + " to " + r.To.AddDate(0, 0, -1).Format(time.DateOnly),
		Text:    r.Text() + "\nTimes are hours and minutes. More, for whoever may sign in: " + more,
	})
	return err
}
