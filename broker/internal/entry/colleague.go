package entry

import (
	"context"
	"crypto/ed25519"
	"time"

	"beside/broker/internal/auth"
)

type colleagueInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Key binary `json:"key" doc:"Public half of the key that the link names, 32 bytes"`
	}
}

// ColleagueCall says until when a link to a second technician is good.
type ColleagueCall struct {
	Until time.Time `json:"until"`
}

type colleagueOutput struct{ Body ColleagueCall }

func (d *Door) callColleague(ctx context.Context, in *colleagueInput) (*colleagueOutput, error) {
	who, err := auth.Require(ctx)
	if err != nil {
		return nil, err
	}
	until, err := d.config.Registry.CallColleague(ctx, in.ID, who.ID, ed25519.PublicKey(in.Body.Key))
	if err != nil {
		return nil, err
	}
	return &colleagueOutput{ColleagueCall{until}}, nil
}
