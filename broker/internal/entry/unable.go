package entry

import (
	"context"
	"net/http"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/session"
)

type unableInput struct {
	From auth.Remote
	Body struct {
		Page   binary `json:"page" doc:"The link's page value, 32 bytes"`
		Spoken bool   `json:"spoken,omitempty" doc:"The page value is of a spoken code"`
		Code   string `json:"code" enum:"wayland,no_screen" doc:"What is in the way"`
	}
}

// unable shares the limit of redeem: either is the first call of a program.
func (d *Door) unable(ctx context.Context, in *unableInput) (*struct{}, error) {
	if err := d.try(in.From.Addr, in.Body.Spoken); err != nil {
		return nil, err
	}
	q := session.Unable{Spoken: in.Body.Spoken, Code: in.Body.Code, From: auth.Truncate(in.From.Addr)}
	if len(in.Body.Page) != len(q.Page) {
		return nil, problem.New(http.StatusUnprocessableEntity, "invalid", "page must be 32 bytes in base64url.")
	}
	copy(q.Page[:], in.Body.Page)
	return nil, d.config.Registry.Unable(ctx, q)
}
