package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/secret"
)

// Departure sends the browser to the single sign-on.
type Departure struct {
	URL string `json:"url"`
}

// Provider is what the caller's account is at the single sign-on.
type Provider struct {
	Name   string `json:"name,omitempty" doc:"Absent: there is none"`
	Linked bool   `json:"linked"`
}

type (
	departInput struct {
		Transport
		From auth.Remote
	}
	departureOutput struct {
		SetCookie string `header:"Set-Cookie"`
		Body      Departure
	}
	returnInput struct {
		Transport
		From auth.Remote
		Body struct {
			State  secret.Text `json:"state" maxLength:"200"`
			Code   secret.Text `json:"code" maxLength:"4096"`
			Issuer string      `json:"iss,omitempty" maxLength:"400"`
		}
	}
	returnOutput struct {
		SetCookie []string `header:"Set-Cookie"`
		Body      Me
	}
	providerOutput struct{ Body Provider }
)

func (s *Server) registerProvider(api huma.API) {
	register(api, open(http.MethodPost, "/sign-in/provider/begin", "beginProvider",
		"Begin to sign in by the single sign-on"), s.beginProvider)
	register(api, open(http.MethodPost, "/sign-in/provider", "signInByProvider",
		"Come back from the single sign-on, with what it put in the address"), s.signInByProvider)
	register(api, operation(http.MethodPost, "/me/provider/begin", "beginLink",
		"Begin to link the own account to the single sign-on"), s.beginLink)
	register(api, operation(http.MethodGet, "/me/provider", "getProvider",
		"Whether the own account is linked to the single sign-on"), s.getProvider)
	register(api, operation(http.MethodDelete, "/me/provider", "unlinkProvider", "End that link"), s.unlinkProvider)
}

func (s *Server) beginProvider(ctx context.Context, in *departInput) (*departureOutput, error) {
	return s.depart(ctx, nil, in)
}

func (s *Server) beginLink(ctx context.Context, in *departInput) (*departureOutput, error) {
	who := auth.Caller(ctx)
	return s.depart(ctx, &who, in)
}

func (s *Server) depart(ctx context.Context, who *auth.Identity, in *departInput) (*departureOutput, error) {
	to, err := s.deps.Auth.Depart(ctx, who, in.From)
	if err != nil {
		return nil, err
	}
	return &departureOutput{SetCookie: auth.DepartureCookie(to.Browser, in.secure).String(), Body: Departure{URL: to.URL}}, nil
}

func (s *Server) signInByProvider(ctx context.Context, in *returnInput) (*returnOutput, error) {
	back := auth.Return{State: in.Body.State, Code: in.Body.Code, Issuer: in.Body.Issuer, Browser: in.departure}
	tn, cookie, err := s.deps.Auth.Arrive(ctx, auth.Known(ctx), back, in.From)
	if err != nil {
		return nil, err
	}
	out := &returnOutput{Body: s.meOf(tn)}
	if !cookie.IsZero() { // a link gives none: its owner is signed in
		out.SetCookie = []string{auth.Cookie(cookie, in.secure).String()}
	}
	return out, nil
}

func (s *Server) getProvider(ctx context.Context, _ *struct{}) (*providerOutput, error) {
	linked, err := s.deps.Auth.ProviderLinked(ctx, auth.Caller(ctx))
	return &providerOutput{Body: Provider{Name: s.deps.Auth.ProviderName(), Linked: linked}}, err
}

func (s *Server) unlinkProvider(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.deps.Auth.Unlink(ctx, auth.Caller(ctx))
}
