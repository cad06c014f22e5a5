package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/problem"
	"beside/broker/internal/store"
)

type healthOutput struct {
	Body struct {
		Status string `json:"status" enum:"ok"`
	}
}

func healthy() *healthOutput {
	out := &healthOutput{}
	out.Body.Status = "ok"
	return out
}

func (s *Server) registerHealth(api huma.API) {
	register(api, open(http.MethodGet, "/healthz", "health", "Whether the process runs"),
		func(context.Context, *struct{}) (*healthOutput, error) { return healthy(), nil })
	register(api, open(http.MethodGet, "/readyz", "ready", "Whether to send people here: false while stopping"), s.ready)
}

func (s *Server) ready(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	select {
	case <-s.deps.Draining:
		return nil, problem.New(http.StatusServiceUnavailable, "draining", "This broker is stopping. Ask another, or again in a moment.")
	default:
	}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		_, err := v.LastSeq()
		return err
	})
	if err != nil {
		return nil, err
	}
	return healthy(), nil
}
