package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auth"
	"beside/signaling/record"
)

func (s *Server) registerExport(api huma.API) {
	op := operation(http.MethodPost, "/events/export", "exportEvents",
		"The whole audit log as JSON lines, byte for byte as kept; that it was read out is an event too")
	op.Responses = map[string]*huma.Response{"200": {Description: "One event a line", Content: map[string]*huma.MediaType{
		"application/jsonl": {Schema: &huma.Schema{Type: huma.TypeString}},
	}}}
	register(api, op, s.exportEvents)
}

// exportEvents tells that the log is read out before it is: nobody reads unseen.
func (s *Server) exportEvents(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	last, err := s.deps.Journal.LastSeq(ctx)
	if err != nil {
		return nil, err
	}
	e := record.New(record.AuditExported{First: 1, Last: last}, record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))
	if err := s.deps.Journal.Note(ctx, e); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", "application/jsonl")
		w.Header().Set("Content-Disposition", `attachment; filename="events.jsonl"`)
		if err := s.writeEvents(r.Context(), http.NewResponseController(w), w, last); err != nil && r.Context().Err() == nil {
			s.logFor(r).Error("export ended early", "error", err)
			panic(http.ErrAbortHandler) // a cut log must not look whole
		}
	}}, nil
}

func (s *Server) writeEvents(ctx context.Context, out *http.ResponseController, w http.ResponseWriter, last int64) error {
	for after := int64(0); after < last; {
		leaves, err := s.deps.Journal.Leaves(ctx, "", after, maxList)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		for _, l := range leaves {
			if after = l.Seq; l.Seq <= last {
				text.Write(bytes.TrimPrefix(l.Bytes, []byte(record.LeafPrefix)))
			}
		}
		if err := send(w, out, text.String(), liveWrite); err != nil {
			return err
		}
	}
	return nil
}
