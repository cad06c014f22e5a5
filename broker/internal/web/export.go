package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auth"
	"beside/broker/internal/siem"
	"beside/signaling/record"
)

type exportInput struct {
	Format string `query:"format" enum:"jsonl,csv,cef,ocsf,syslog" default:"jsonl"`
	After  int64  `query:"after" minimum:"0" doc:"Only events after this sequence number, such as Beside-Last of an export before"`
}

// lastHeader tells the last event of an export, from which the next goes on.
const lastHeader = "Beside-Last"

func (s *Server) registerExport(api huma.API) {
	op := operation(http.MethodPost, "/events/export", "exportEvents",
		"The audit log: as JSON lines byte for byte as kept, or as other programs read it; that it was read out is an event too")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "One event a line. Beside-Last is the last one's number",
		Headers:     map[string]*huma.Param{lastHeader: {Schema: &huma.Schema{Type: huma.TypeInteger}}},
		Content: map[string]*huma.MediaType{
			"application/jsonl": {Schema: &huma.Schema{Type: huma.TypeString}},
			"text/csv":          {Schema: &huma.Schema{Type: huma.TypeString}},
			"text/plain":        {Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}}
	register(api, op, s.exportEvents)
}

// exportEvents tells that the log is read out before it is: nobody reads unseen.
func (s *Server) exportEvents(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	last, err := s.deps.Journal.LastSeq(ctx)
	if err != nil {
		return nil, err
	}
	last = max(last, in.After)
	e := record.New(record.AuditExported{First: in.After + 1, Last: last}, record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))
	if err := s.deps.Journal.Note(ctx, e); err != nil {
		return nil, err
	}
	to := siem.Writer{Format: cmp.Or(siem.Format(in.Format), siem.JSONL), Version: s.deps.Version, Host: s.deps.URL.Hostname()}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", to.Format.MediaType())
		w.Header().Set("Content-Disposition", `attachment; filename="events.`+to.Format.Extension()+`"`)
		w.Header().Set(lastHeader, strconv.FormatInt(last, 10))
		if err := s.writeEvents(r.Context(), http.NewResponseController(w), w, to, in.After, last); err != nil && r.Context().Err() == nil {
			s.logFor(r).Error("export ended early", "error", err)
			panic(http.ErrAbortHandler) // a cut log must not look whole
		}
	}}, nil
}

func (s *Server) writeEvents(ctx context.Context, out *http.ResponseController, w http.ResponseWriter, to siem.Writer, after, last int64) error {
	text := to.Header()
	for after < last {
		leaves, err := s.deps.Journal.Leaves(ctx, "", after, maxList)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			if after = l.Seq; l.Seq > last {
				break
			}
			line, err := to.Line(l)
			if err != nil {
				return err
			}
			text = append(text, line...)
		}
		if err := send(w, out, string(text), liveWrite); err != nil {
			return err
		}
		text = text[:0]
	}
	if len(text) > 0 { // there was no event
		return send(w, out, string(text), liveWrite)
	}
	return nil
}
