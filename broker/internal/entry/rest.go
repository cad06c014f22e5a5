package entry

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
)

// binary is base64url without padding, in its one canonical form.
type binary []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *binary) UnmarshalText(text []byte) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return errors.New("expected base64url without padding")
	}
	*b = raw
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (b binary) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, b), nil
}

// Schema implements huma.SchemaProvider.
func (binary) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[A-Za-z0-9_-]*$", ContentEncoding: "base64url"}
}

var _ huma.SchemaProvider = binary(nil)

// host is the name by which the caller reached us, as a part of inputs.
type host struct{ name string }

// Resolve implements huma.Resolver.
func (h *host) Resolve(ctx huma.Context) []error {
	h.name = ctx.Host()
	return nil
}

// System is what a client says of its machine.
type System struct {
	OS      string `json:"os" maxLength:"40" example:"linux"`
	Arch    string `json:"arch" maxLength:"40" example:"amd64"`
	Name    string `json:"name,omitempty" maxLength:"400" doc:"Of the machine, when the person agreed to tell it"`
	Version string `json:"version" maxLength:"400" doc:"Of the operating system" example:"Debian GNU/Linux 12"`
}

type redeemInput struct {
	host
	From auth.Remote
	Body struct {
		Join    binary `json:"join" doc:"The link's join value, 32 bytes"`
		Spoken  bool   `json:"spoken,omitempty" doc:"The join value is of a spoken code"`
		Key     binary `json:"key" doc:"The client's session key, 32 bytes"`
		Proof   binary `json:"proof" doc:"By that key, 64 bytes"`
		System  System `json:"system"`
		Version string `json:"version" maxLength:"100" doc:"Of the client"`
	}
}

// Redeemed is the answer to the one client of an invitation.
type Redeemed struct {
	Session      string       `json:"session"`
	Invitation   string       `json:"invitation" doc:"Its page has the receipt later"`
	Token        string       `json:"token" doc:"Join token: opens one socket within a minute"`
	Keys         grant.JWKSet `json:"keys" doc:"By which the broker's tokens are verified"`
	Organisation string       `json:"organisation"`
	Technician   string       `json:"technician"`
	Signaling    string       `json:"signaling" doc:"Address of the websocket"`

	Recording session.RecordingMode `json:"recording" enum:"off,allowed,required" doc:"required: there is no session without one"`
	Auditors  json.RawMessage       `json:"auditors,omitempty" doc:"The signed list of who can open recordings; absent: nothing is recorded"`
}

type redeemOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Redeemed
}

func (d *Door) redeem(ctx context.Context, in *redeemInput) (*redeemOutput, error) {
	if err := d.try(in.From.Addr, in.Body.Spoken); err != nil {
		return nil, err
	}
	q := session.Redeem{Spoken: in.Body.Spoken, Key: ed25519.PublicKey(in.Body.Key), Proof: in.Body.Proof, From: auth.Truncate(in.From.Addr)}
	if len(in.Body.Join) != len(q.Join) {
		return nil, problem.New(http.StatusUnprocessableEntity, "invalid", "join must be 32 bytes in base64url.")
	}
	copy(q.Join[:], in.Body.Join)
	var err error
	if q.System, err = system(in.Body.System, in.Body.Version); err != nil {
		return nil, err
	}
	joined, err := d.config.Registry.Redeem(ctx, q)
	if err != nil {
		return nil, err
	}
	recording, err := d.config.Registry.Recording(ctx)
	if err != nil {
		return nil, err
	}
	return &redeemOutput{CacheControl: "no-store", Body: Redeemed{
		Session: joined.Session, Invitation: joined.Invitation, Token: joined.Token, Keys: d.config.Registry.Keys(),
		Organisation: d.config.Organisation, Technician: joined.Technician, Signaling: d.signaling(in.name),
		Recording: recording.Mode, Auditors: recording.List,
	}}, nil
}

// system tidies what a client says, which is shown to technicians.
func system(s System, version string) (out store.System, err error) {
	for _, f := range []struct {
		into        *string
		field, text string
		least, most int
	}{
		{&out.OS, "system.os", s.OS, 1, 20}, {&out.Arch, "system.arch", s.Arch, 1, 20},
		{&out.Name, "system.name", s.Name, 0, desk.MaxName}, {&out.Version, "system.version", s.Version, 0, desk.MaxName},
		{&out.Client, "version", version, 1, 40},
	} {
		if *f.into, err = desk.Line(f.field, f.text, f.least, f.most); err != nil {
			return out, err
		}
	}
	return out, nil
}

type tokenInput struct {
	host
	ID   string `path:"id" maxLength:"64"`
	From auth.Remote
	Body struct {
		Role  grant.Role `json:"role" enum:"client,viewer,colleague"`
		Key   binary     `json:"key" doc:"Of this side of the session, 32 bytes"`
		Time  time.Time  `json:"time" doc:"Now, in whole seconds"`
		Proof binary     `json:"proof" doc:"By that key, 64 bytes"`
	}
}

// JoinToken is the answer to one side of a session.
type JoinToken struct {
	Token     string       `json:"token" doc:"Join token: opens one socket within a minute"`
	Keys      grant.JWKSet `json:"keys" doc:"By which the broker's tokens are verified"`
	Signaling string       `json:"signaling" doc:"Address of the websocket"`
}

type tokenOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         JoinToken
}

func (d *Door) token(ctx context.Context, in *tokenInput) (*tokenOutput, error) {
	if wait := d.tokens.Take(in.From.Addr); wait > 0 {
		return nil, problem.TooMany(wait)
	}
	q := session.TokenRequest{
		Session: in.ID, Role: in.Body.Role, Key: ed25519.PublicKey(in.Body.Key), Time: in.Body.Time, Proof: in.Body.Proof,
		From: auth.Truncate(in.From.Addr),
	}
	if q.Role != grant.Client {
		who, err := auth.Require(ctx, desk.Technician)
		if err != nil {
			return nil, err
		}
		q.Technician = who.ID
	}
	token, err := d.config.Registry.Token(ctx, q)
	if err != nil {
		return nil, err
	}
	return &tokenOutput{CacheControl: "no-store", Body: JoinToken{token, d.config.Registry.Keys(), d.signaling(in.name)}}, nil
}

type sessionInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (d *Door) accept(ctx context.Context, in *sessionInput) (*struct{}, error) {
	who, err := auth.Require(ctx)
	if err != nil {
		return nil, err
	}
	return nil, d.config.Registry.Accept(ctx, in.ID, who.ID)
}

type endInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason signaling.Reason `json:"reason" enum:"technician,refused" doc:"refused: the technician does not accept who joined"`
	}
}

func (d *Door) end(ctx context.Context, in *endInput) (*struct{}, error) {
	who, err := auth.Require(ctx)
	if err != nil {
		return nil, err
	}
	return nil, d.config.Registry.End(ctx, in.ID, who.ID, in.Body.Reason)
}
