package web

import (
	"context"

	"beside/broker/internal/auth"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// change makes a change in the caller's name, with the events that it returns, and then reads the answer from
// the same transaction: nobody else's change comes between.
func (s *Server) change(ctx context.Context, change func(*store.Tx, record.Actor) ([]record.Event, error), read func(*store.View) error) error {
	return s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		events, err := change(tx, auth.Actor(auth.Caller(ctx).Technician))
		if err != nil {
			return nil, err
		}
		return events, read(&tx.View)
	})
}

// changeOf makes a change of a ticket and answers with the ticket after it.
func (s *Server) changeOf(ctx context.Context, id string, change func(*store.Tx, record.Actor) ([]record.Event, error)) (*ticketOutput, error) {
	out := &ticketOutput{}
	return out, s.change(ctx, change, func(v *store.View) (err error) {
		out.Body, err = readTicket(v, id)
		return err
	})
}
