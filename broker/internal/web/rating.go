package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

type ratingInput struct {
	ID   string `path:"id" maxLength:"64"`
	Page string `header:"Beside-Page" doc:"The link's page value, 32 bytes in base64url"`
	Body struct {
		Helped bool `json:"helped" doc:"Whether it helped"`
	}
}

func (s *Server) registerRating(api huma.API) {
	register(api, open(http.MethodPost, "/invitations/{id}/rating", "rate", "Say once whether it helped, after the end"), s.rate)
}

// rate takes the word of the person who was helped. It is theirs: whoever made the link
// holds its page value too, but the event says that it came from a link's page, and
// there is one for a session.
func (s *Server) rate(ctx context.Context, in *ratingInput) (*struct{}, error) {
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		i, err := held(&tx.View, landingInput{ID: in.ID, Page: in.Page})
		if err != nil {
			return nil, err
		}
		se, err := tx.Session(i.Session)
		if err != nil {
			return nil, err
		}
		if se.EndedAt.IsZero() || se.LiveAt.IsZero() || time.Since(se.EndedAt) > receiptLife {
			return nil, problem.New(http.StatusConflict, "not_to_rate", "Only a session that took place can be rated, within 30 days after its end.")
		}
		rating := store.NotHelped
		if in.Body.Helped {
			rating = store.Helped
		}
		first, err := tx.InsertRating(se.ID, rating)
		if err != nil {
			return nil, err
		}
		if !first {
			return nil, problem.New(http.StatusConflict, "rated", "This session was rated already.")
		}
		by := record.Actor{Kind: record.Requester}
		return []record.Event{se.Event(record.SessionRated{Helped: in.Body.Helped}, by)}, nil
	})
}
