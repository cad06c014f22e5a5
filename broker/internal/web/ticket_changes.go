package web

import (
	"context"
	"errors"
	"net/http"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

type ticketPatchInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Subject       *string     `json:"subject,omitempty"`
		Words         *string     `json:"words,omitempty"`
		Requester     *string     `json:"requester,omitempty"`
		Category      *string     `json:"category,omitempty"`
		Impact        *desk.Level `json:"impact,omitempty" enum:"high,medium,low"`
		Urgency       *desk.Level `json:"urgency,omitempty" enum:"high,medium,low"`
		State         *desk.State `json:"state,omitempty" enum:"open,helping,waiting,resolved,closed"`
		Resolution    *string     `json:"resolution,omitempty"`
		SystemChanges *string     `json:"systemChanges,omitempty"`
		Minutes       *int        `json:"minutes,omitempty" minimum:"0" maximum:"6000" doc:"That it took besides its sessions, in all"`
		Assignee      *string     `json:"assignee,omitempty" doc:"A technician's id; empty: nobody"`
	}
}

type noteOutput struct{ Body Note }

func (s *Server) addTicket(ctx context.Context, in *newTicketInput) (*ticketOutput, error) {
	who := auth.Caller(ctx)
	out := &ticketOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		tk, events, err := ticket.Add(tx, desk.Ticket{
			Subject: in.Body.Subject, Words: in.Body.Words, Requester: in.Body.Requester, Category: in.Body.Category,
			Impact: in.Body.Impact, Urgency: in.Body.Urgency,
		}, auth.Actor(who.Technician))
		out.Body = ticketOf(tk, nil, nil)
		return events, err
	})
	return out, err
}

// takeNext gives the caller the ticket that is due first. Two who ask at once get two.
func (s *Server) takeNext(ctx context.Context, _ *struct{}) (*ticketOutput, error) {
	who := auth.Caller(ctx)
	out := &ticketOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		tk, events, err := ticket.TakeNext(tx, who.Technician)
		if errors.Is(err, store.ErrNotFound) {
			return nil, problem.New(http.StatusNotFound, "nothing_open", "Nobody waits for help now.")
		}
		if err != nil {
			return nil, err
		}
		out.Body, err = readTicket(&tx.View, tk.ID)
		return events, err
	})
	return out, err
}

func (s *Server) changeTicket(ctx context.Context, in *ticketPatchInput) (*ticketOutput, error) {
	b := in.Body
	patch := ticket.Patch{
		Patch: desk.Patch{
			Subject: b.Subject, Words: b.Words, Requester: b.Requester, Category: b.Category, Impact: b.Impact, Urgency: b.Urgency,
			State: b.State, Resolution: b.Resolution, SystemChanges: b.SystemChanges, Minutes: b.Minutes,
		},
		Assignee: b.Assignee,
	}
	return s.changeOf(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		_, events, err := ticket.Change(tx, in.ID, patch, by)
		return events, err
	})
}

func (s *Server) addNote(ctx context.Context, in *noteInput) (*noteOutput, error) {
	who := auth.Caller(ctx)
	out := &noteOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		n, events, err := ticket.AddNote(tx, in.ID, in.Body.Text, who.Technician)
		out.Body = noteOf(n)
		return events, err
	})
	return out, err
}
