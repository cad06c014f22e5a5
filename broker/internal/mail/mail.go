// Package mail makes tickets of the mails that come to the desk's address, and sends what the desk answers. A mail
// that comes is taken once, by its message id; one that goes waits in the database until a server takes it. Nothing
// of a mail is trusted: what is kept is bounded plain text, and only the address that wrote about a ticket can go on
// writing to it.
package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"beside/broker/internal/attachment"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
	"beside/signaling/texts"
)

const (
	// MaxPerHour bounds the mails that are taken of one address: what is more waits in the mailbox.
	MaxPerHour = 10
	// MaxAnswer bounds an answer, in characters.
	MaxAnswer = desk.MaxText

	reportDays = 30 // for which reports that went out are kept
)

// errLater leaves a mail in the mailbox for another time.
var errLater = errors.New("too many mails of one sender in an hour")

// Desk takes and sends mails.
type Desk struct {
	Store        *store.Store
	Journal      *journal.Journal
	Files        *attachment.Module
	Address      string // the desk's own
	Organisation string
	Log          *slog.Logger
}

// Take makes a ticket of a mail, or adds it to the one that it answers. errLater: not now; any other error: try again.
func (d *Desk) Take(ctx context.Context, raw []byte) error {
	m, err := Read(raw)
	if err == nil && m.Ignore == "" && m.Address == strings.ToLower(d.Address) {
		m.Ignore = "the desk's own"
	}
	if err != nil || m.Ignore != "" {
		d.Log.Info("mail ignored", "why", m.Ignore, "error", err)
		return nil
	}
	var id string
	err = d.Journal.Update(ctx, func(tx *store.Tx) (events []record.Event, err error) {
		id, err = tx.TicketWithMail(m.ID)
		if err != nil || id != "" {
			return nil, err // taken before, and perhaps not all of its files
		}
		n, err := tx.MailsFrom(m.Address, tx.Now().Add(-time.Hour))
		if err == nil && n >= MaxPerHour {
			err = errLater
		}
		if err != nil {
			return nil, err
		}
		id, events, err = d.place(tx, m)
		return events, err
	})
	if err != nil {
		return err
	}
	if m.Dropped > 0 {
		d.Log.Warn("files of a mail are too many or too large", "ticket", id, "files", m.Dropped)
	}
	return d.keepFiles(ctx, id, m.Files)
}

// keepFiles keeps the files of a mail that its ticket has not yet: the broker may have stopped in between.
func (d *Desk) keepFiles(ctx context.Context, id string, files []File) error {
	var kept []store.Attachment
	err := d.Store.View(ctx, func(v *store.View) (err error) {
		kept, err = v.Attachments(id)
		return err
	})
	for _, f := range files {
		if err != nil {
			return fmt.Errorf("keep a file of a mail: %w", err)
		}
		if slices.ContainsFunc(kept, func(a store.Attachment) bool {
			return a.Author == "" && a.Name == desk.FileName(f.Name) && a.Size == int64(len(f.Body))
		}) {
			continue
		}
		err = d.Files.Keep(ctx, id, f.Name, f.Body)
		if attachment.Full(err) {
			d.Log.Warn("file of a mail not kept: its ticket has as many as it may", "ticket", id)
			err = nil
		}
	}
	return err
}

// place finds a mail's ticket, or opens one and says so to who wrote.
func (d *Desk) place(tx *store.Tx, m Message) (id string, events []record.Event, err error) {
	by := record.Actor{Kind: record.Requester}
	id, err = tx.TicketOfMail(m.Address, m.References)
	if err != nil {
		return "", nil, err
	}
	if id != "" {
		tk, err := tx.Ticket(id)
		if err != nil {
			return "", nil, err
		}
		switch tk.State {
		case desk.Closed:
			id = "" // final: a new one
		case desk.Waiting, desk.Resolved:
			open := desk.Open
			if _, events, err = ticket.Change(tx, id, ticket.Patch{Patch: desk.Patch{State: &open}}, by); err != nil {
				return "", nil, err
			}
		}
	}
	fresh := id == ""
	var tk store.Ticket
	if fresh {
		if tk, events, err = ticket.Add(tx, ticketOf(m), by); err != nil {
			return "", nil, err
		}
		id = tk.ID
	}
	in, err := tx.InsertMail(store.Mail{Ticket: id, MessageID: m.ID, Name: cut(m.Name, desk.MaxName), Address: m.Address, Subject: cut(m.Subject, desk.MaxSubject), Text: m.Text})
	if err != nil {
		return "", nil, err
	}
	events = append(events, event(id, record.MailReceived{Mail: in.ID}, by))
	if fresh {
		told, err := d.confirm(tx, tk, in)
		if err != nil {
			return "", nil, err
		}
		events = append(events, told)
	}
	return id, events, nil
}

// ticketOf is what a mail calls for. How grave it is, a technician says.
func ticketOf(m Message) desk.Ticket {
	t := desk.Ticket{
		Subject: cut(m.Subject, desk.MaxSubject), Words: cut(m.Text, desk.MaxText), Requester: cut(m.Name, desk.MaxName),
		Impact: desk.Low, Urgency: desk.Medium,
	}
	if t.Requester == "" {
		t.Requester = cut(m.Address, desk.MaxName)
	}
	if t.Subject == "" {
		t.Subject = cut(line(t.Words), 60)
	}
	if t.Subject == "" {
		t.Subject = texts.T("mail.no-subject")
	}
	return t
}

// confirm says that a call came and how many are before it: nothing that somebody else may not know.
func (d *Desk) confirm(tx *store.Tx, tk store.Ticket, in store.Mail) (record.Event, error) {
	before, err := tx.Before(tk)
	if err != nil {
		return record.Event{}, err
	}
	place := texts.T("mail.confirm.next")
	if before > 0 {
		place = texts.T("mail.confirm.place", "n", strconv.Itoa(before))
	}
	text := texts.T("mail.confirm", "number", strconv.FormatInt(tk.Number, 10), "place", place, "organisation", d.Organisation)
	out, err := tx.InsertMail(d.answer(in, text, store.Mail{Automatic: true}))
	return event(tk.ID, record.MailWritten{Mail: out.ID, Automatic: true}, record.Actor{Kind: record.Broker}), err
}

// answer is a mail that answers one that came.
func (d *Desk) answer(in store.Mail, text string, out store.Mail) store.Mail {
	_, host, _ := strings.Cut(d.Address, "@")
	out.Ticket, out.Outgoing, out.MessageID, out.Answers = in.Ticket, true, store.NewID()+"@"+host, in.MessageID
	out.Name, out.Address, out.Text = in.Name, in.Address, text
	out.Subject = in.Subject
	if !strings.HasPrefix(strings.ToLower(out.Subject), "re:") {
		out.Subject = cut("Re: "+out.Subject, desk.MaxSubject)
	}
	return out
}

// Answer has a mail sent to who wrote last about a ticket.
func (d *Desk) Answer(tx *store.Tx, id, text string, author store.Technician) ([]record.Event, error) {
	text, err := desk.Text("text", text, 1, MaxAnswer)
	if err != nil {
		return nil, err
	}
	all, err := tx.Mails(id)
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Outgoing {
			continue
		}
		out, err := tx.InsertMail(d.answer(all[i], text, store.Mail{Author: author.ID}))
		return []record.Event{event(id, record.MailWritten{Mail: out.ID}, record.Actor{Kind: record.Technician, ID: author.ID})}, err
	}
	return nil, fmt.Errorf("mail of ticket %s: %w", id, store.ErrNotFound)
}

// erase deletes mails about tickets without a session when personal data of their time is deleted.
func (d *Desk) erase(ctx context.Context, now time.Time) error {
	return d.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.ForgetReports(now.AddDate(0, 0, -reportDays)); err != nil {
			return err
		}
		rules, err := tx.Retention()
		if err != nil || rules.Personal == 0 {
			return err
		}
		return tx.EraseOldMails(now.AddDate(0, 0, -rules.Personal))
	})
}

func event(ticket string, data record.Data, by record.Actor) record.Event {
	e := record.New(data, record.ByBroker, by)
	e.Ticket = ticket
	return e
}
