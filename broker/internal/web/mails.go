package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// TicketMail is a mail about a ticket.
type TicketMail struct {
	ID        string    `json:"id"`
	Outgoing  bool      `json:"outgoing"`
	Automatic bool      `json:"automatic" doc:"Nobody wrote it: it says that the call came"`
	Name      string    `json:"name" doc:"Of the person who wrote, or is written to; may be empty"`
	Address   string    `json:"address"`
	Author    string    `json:"author,omitempty" doc:"Display name of the technician who answered"`
	Subject   string    `json:"subject"`
	Text      string    `json:"text" doc:"Plain, at most 20 000 characters, without what it quotes"`
	At        time.Time `json:"at"`
	Sent      bool      `json:"sent" doc:"A server took it, or it came"`
	Failed    bool      `json:"failed" doc:"It was given up"`
}

type (
	mailsOutput struct {
		Body struct {
			Mails []TicketMail `json:"mails" nullable:"false" doc:"The oldest first"`
			On    bool         `json:"on" doc:"This broker sends mail"`
		}
	}
	mailInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Text string `json:"text" doc:"At most 4000 characters"`
		}
	}
)

func (s *Server) registerMails(api huma.API) {
	register(api, operation(http.MethodGet, "/tickets/{id}/mails", "listMails", "Mails about a ticket"), s.listMails)
	register(api, operation(http.MethodPost, "/tickets/{id}/mails", "answerMail", "Answer who wrote last, by mail"), s.answerMail)
}

func (s *Server) listMails(ctx context.Context, in *ticketInput) (*mailsOutput, error) {
	out := &mailsOutput{}
	return out, s.deps.Store.View(ctx, func(v *store.View) error {
		if _, err := v.Ticket(in.ID); err != nil {
			return err
		}
		return out.read(v, in.ID, s.deps.Mail != nil)
	})
}

func (out *mailsOutput) read(v *store.View, ticket string, on bool) error {
	all, err := v.Mails(ticket)
	out.Body.On, out.Body.Mails = on, make([]TicketMail, len(all))
	for i, m := range all {
		out.Body.Mails[i] = TicketMail{
			ID: m.ID, Outgoing: m.Outgoing, Automatic: m.Automatic, Name: m.Name, Address: m.Address, Author: m.AuthorName,
			Subject: m.Subject, Text: m.Text, At: m.At, Sent: !m.Outgoing || !m.SentAt.IsZero(), Failed: m.Failed,
		}
	}
	return err
}

func (s *Server) answerMail(ctx context.Context, in *mailInput) (*mailsOutput, error) {
	if s.deps.Mail == nil {
		return nil, problem.New(http.StatusConflict, "mail_off", "This broker sends no mail. Whoever runs it can set --mail-address.")
	}
	out := &mailsOutput{}
	return out, s.change(ctx, func(tx *store.Tx, _ record.Actor) ([]record.Event, error) {
		return s.deps.Mail.Answer(tx, in.ID, in.Body.Text, auth.Caller(ctx).Technician)
	}, func(v *store.View) error { return out.read(v, in.ID, true) })
}
