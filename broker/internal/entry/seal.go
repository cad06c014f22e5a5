package entry

import (
	"context"
	"net/http"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/session"
)

// Story is the number of a session's events and the root of their tree.
type Story struct {
	Events int64  `json:"events" minimum:"1"`
	Root   binary `json:"root" doc:"RFC 6962, over the leaves in order; 32 bytes"`
}

type storyOutput struct{ Body Story }

func (d *Door) story(ctx context.Context, in *sessionInput) (*storyOutput, error) {
	who, err := auth.Require(ctx, desk.Technician)
	if err != nil {
		return nil, err
	}
	s, err := d.config.Registry.Story(ctx, in.ID, who.ID)
	if err != nil {
		return nil, err
	}
	return &storyOutput{Story{s.Events, s.Root[:]}}, nil
}

type countersignInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Story
		Signature binary `json:"signature" doc:"By the invite key, 64 bytes"`
	}
}

func (d *Door) countersign(ctx context.Context, in *countersignInput) (*struct{}, error) {
	who, err := auth.Require(ctx, desk.Technician)
	if err != nil {
		return nil, err
	}
	if len(in.Body.Root) != tlog.HashSize {
		return nil, problem.New(http.StatusUnprocessableEntity, "invalid", "root must be 32 bytes in base64url.")
	}
	s := session.Story{Events: in.Body.Events, Root: tlog.Hash(in.Body.Root)}
	return nil, d.config.Registry.Countersign(ctx, in.ID, who.ID, s, in.Body.Signature)
}
