package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/problem"
)

// asProblem turns every error body into one of ours, and logs what only the
// log may show. It is a huma.Transformer: the last hand on every answer.
func (s *Server) asProblem(ctx huma.Context, _ string, v any) (any, error) {
	var p *problem.Problem
	switch e := v.(type) {
	case *problem.Problem:
		p = e
	case *huma.ErrorModel:
		p = fromHuma(e)
	default:
		return v, nil
	}
	return s.finish(p, requestID(ctx.Context())), nil
}

// finish adds the request's id and logs an error of our own.
func (s *Server) finish(p *problem.Problem, request string) *problem.Problem {
	answer := *p
	answer.Request = request
	switch cause := answer.Unwrap(); {
	case cause == nil:
	case answer.Status >= http.StatusInternalServerError:
		s.deps.Log.Error("request failed", "request", request, "error", cause)
	default:
		s.deps.Log.Warn("request refused", "request", request, "code", answer.Code, "error", cause)
	}
	return &answer
}

// fromHuma translates what huma itself refuses: a request that does not fit
// the description. It never repeats values: one may be a secret.
func fromHuma(e *huma.ErrorModel) *problem.Problem {
	if e.Status >= http.StatusInternalServerError {
		cause := fmt.Errorf("%s", e.Detail)
		for _, d := range e.Errors {
			cause = fmt.Errorf("%w: %s", cause, d.Message)
		}
		return problem.From(cause).(*problem.Problem)
	}
	p := problem.New(e.Status, "invalid", "The request is malformed. See /openapi.json.")
	if len(e.Errors) > 0 {
		p.Field = strings.TrimPrefix(e.Errors[0].Location, "body.")
		p.Detail = fmt.Sprintf("The request is malformed at %s: %s.", p.Field, e.Errors[0].Message)
	}
	return p
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problem.Problem) {
	answer := *p
	answer.Request = requestID(r.Context())
	answer.Write(w)
}

// fail answers an error outside of huma.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, _ := problem.From(err).(*problem.Problem) // From returns nothing else
	writeProblem(w, r, s.finish(p, requestID(r.Context())))
}

// logFor is the log with the request's id.
func (s *Server) logFor(r *http.Request) *slog.Logger {
	return s.deps.Log.With("request", requestID(r.Context()))
}
