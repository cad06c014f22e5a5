package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/store"
)

// maxSimilar is how many solved tickets are worth a look.
const maxSimilar = 3

// Solved is a ticket that was solved before.
type Solved struct {
	ID         string     `json:"id"`
	Number     int64      `json:"number"`
	Subject    string     `json:"subject"`
	Resolution string     `json:"resolution"`
	ResolvedAt *time.Time `json:"resolvedAt,omitempty"`
	Title      string     `json:"title" doc:"That under which it is kept as knowledge; empty: it is not"`
}

type (
	similarInput struct {
		Body struct {
			Text   string `json:"text" maxLength:"4400" doc:"What the trouble is, in anybody's words"`
			Except string `json:"except,omitempty" maxLength:"64" doc:"A ticket's id"`
		}
	}
	similarOutput struct {
		Body struct {
			Solved []Solved `json:"solved" nullable:"false" doc:"What is kept as knowledge first, then the most alike"`
		}
	}
)

func (s *Server) registerSimilar(api huma.API) {
	// The text is somebody's trouble, so it is no part of an address.
	register(api, operation(http.MethodPost, "/tickets/similar", "similarTickets", "Solved tickets with the same words"), s.similar)
}

func (s *Server) similar(ctx context.Context, in *similarInput) (*similarOutput, error) {
	out := &similarOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		all, err := v.SimilarSolved(in.Body.Text, in.Body.Except, maxSimilar)
		out.Body.Solved = solvedOf(all)
		return err
	})
	return out, err
}

func solvedOf(all []store.Known) []Solved {
	out := make([]Solved, len(all))
	for i, k := range all {
		out[i] = Solved{ID: k.ID, Number: k.Number, Subject: k.Subject, Resolution: k.Resolution, ResolvedAt: when(k.ResolvedAt), Title: k.Title}
	}
	return out
}
