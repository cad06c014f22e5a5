package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auditor"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
)

// receiptLife is how long the person who was helped can have the receipt by the link.
const receiptLife = 30 * 24 * time.Hour

// Receipt is what the person who was helped takes home: the session's evidence, which
// says who helped, what was allowed and what was done.
type Receipt struct {
	Complaints string          `json:"complaints,omitempty" doc:"How to complain, as the organisation says"`
	Sealed     bool            `json:"sealed" doc:"The record is closed: nothing more will come"`
	Evidence   evidenceForPage `json:"evidence" doc:"docs/audit.md has the format; personal data is that of the person and of who helped"`
}

// evidenceForPage is an evidence file as it is.
type evidenceForPage json.RawMessage

// MarshalJSON implements json.Marshaler.
func (e evidenceForPage) MarshalJSON() ([]byte, error) { return e, nil }

// Schema implements huma.SchemaProvider: an object, whatever is in it.
func (evidenceForPage) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

type receiptOutput struct{ Body Receipt }

func (s *Server) registerReceipt(api huma.API) {
	register(api, open(http.MethodGet, "/invitations/{id}/receipt", "getReceipt", "What whoever was helped takes home, for 30 days after the end"), s.getReceipt)
}

func (s *Server) getReceipt(ctx context.Context, in *landingInput) (*receiptOutput, error) {
	var se store.Session
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		i, err := held(v, *in)
		if err != nil {
			return err
		}
		se, err = v.Session(i.Session)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case se.EndedAt.IsZero() || se.JoinedAt.IsZero():
		return nil, problem.New(http.StatusConflict, "session_not_over", "There is a receipt when the session is over.")
	case time.Since(se.EndedAt) > receiptLife:
		return nil, problem.New(http.StatusGone, "receipt_over", "The receipt could be had for 30 days. Ask "+s.deps.Organisation+" for it.")
	}
	file, err := s.gather(ctx, se.ID, auditor.OfRequester)
	if err != nil {
		return nil, err
	}
	raw, err := file.Marshal()
	return &receiptOutput{Receipt{Complaints: s.deps.Complaints, Sealed: !se.SealedAt.IsZero(), Evidence: raw}}, err
}
