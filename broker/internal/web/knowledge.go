package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

type (
	promoteInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Title string `json:"title" doc:"What it is about, in one line"`
		}
	}
	linkInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Number int64     `json:"number" minimum:"1" doc:"Of the other ticket"`
			Kind   desk.Link `json:"kind" enum:"related,duplicate_of,duplicated_by" doc:"What this ticket is to the other"`
		}
	}
	unlinkInput struct {
		ID    string `path:"id" maxLength:"64"`
		Other string `path:"other" maxLength:"64"`
	}
)

func (s *Server) registerKnowledge(api huma.API) {
	register(api, operation(http.MethodGet, "/knowledge", "listKnowledge", "Solved tickets whose resolution is kept as knowledge"), s.listKnowledge)
	register(api, operation(http.MethodPut, "/tickets/{id}/knowledge", "promoteTicket", "Keep how a ticket was solved as knowledge"), s.promoteTicket)
	register(api, operation(http.MethodDelete, "/tickets/{id}/knowledge", "demoteTicket", "Keep it no longer"), s.demoteTicket)
	register(api, operation(http.MethodPost, "/tickets/{id}/links", "linkTicket", "Link a ticket with another"), s.linkTicket)
	register(api, operation(http.MethodDelete, "/tickets/{id}/links/{other}", "unlinkTicket", "Take a link away, for both tickets"), s.unlinkTicket)
}

func (s *Server) listKnowledge(ctx context.Context, _ *struct{}) (*similarOutput, error) {
	out := &similarOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		all, err := v.Knowledge(maxList)
		out.Body.Solved = solvedOf(all)
		return err
	})
	return out, err
}

func (s *Server) promoteTicket(ctx context.Context, in *promoteInput) (*ticketOutput, error) {
	return s.changeOf(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return ticket.Promote(tx, in.ID, in.Body.Title, by)
	})
}

func (s *Server) demoteTicket(ctx context.Context, in *ticketInput) (*ticketOutput, error) {
	return s.changeOf(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return ticket.Demote(tx, in.ID, by)
	})
}

func (s *Server) linkTicket(ctx context.Context, in *linkInput) (*ticketOutput, error) {
	return s.changeOf(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return ticket.SetLink(tx, in.ID, in.Body.Number, in.Body.Kind, by)
	})
}

func (s *Server) unlinkTicket(ctx context.Context, in *unlinkInput) (*ticketOutput, error) {
	return s.changeOf(ctx, in.ID, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return ticket.Unlink(tx, in.ID, in.Other, by)
	})
}
