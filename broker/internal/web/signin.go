package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
)

// Me is the account that is signed in.
type Me struct {
	ID           string      `json:"id"`
	Email        string      `json:"email"`
	Name         string      `json:"name" doc:"As requesters are shown it"`
	Roles        []desk.Role `json:"roles" enum:"technician,auditor,administrator" nullable:"false"`
	Organisation string      `json:"organisation"`
}

type meOutput struct{ Body Me }

type signInInput struct {
	Transport
	From auth.Remote
	Body struct {
		Secret secret.Text `json:"secret" maxLength:"100" doc:"From the fragment of a sign-in link; spent by this call only"`
	}
}

type signInOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      Me
}

// SignInWays is how one can sign in, apart from links.
type SignInWays struct {
	Passkeys bool   `json:"passkeys" doc:"False where browsers allow none: at a bare address"`
	Provider string `json:"provider,omitempty" doc:"Name of the single sign-on; absent: none"`
}

type signInWaysOutput struct{ Body SignInWays }

type passkeySignInInput struct {
	Transport
	From auth.Remote
	Body assertion
}

type recoveryInput struct {
	Transport
	From auth.Remote
	Body struct {
		Email string      `json:"email" maxLength:"400"`
		Code  secret.Text `json:"code" maxLength:"100" doc:"Letters in any case, dashes as one likes"`
	}
}

type signOutOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

func (s *Server) registerSignIn(api huma.API) {
	register(api, open(http.MethodGet, "/sign-in", "signInWays", "How one can sign in here"), s.signInWays)
	register(api, open(http.MethodPost, "/sign-in", "signIn", "Sign in with a one-time secret"), s.signIn)
	register(api, open(http.MethodPost, "/sign-in/passkey/begin", "beginSignIn",
		"Begin to sign in by a passkey"), s.beginSignIn)
	register(api, open(http.MethodPost, "/sign-in/passkey", "signInByPasskey", "Sign in by a passkey"), s.signInByPasskey)
	register(api, open(http.MethodPost, "/sign-in/recovery", "signInByRecovery",
		"Sign in by a recovery code, which is spent"), s.signInByRecovery)
	register(api, operation(http.MethodPost, "/sign-out", "signOut", "Sign this browser out"), s.signOut)
	register(api, operation(http.MethodGet, "/me", "me", "Who is signed in"), s.me)
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	tn, cookie, err := s.deps.Auth.SignIn(ctx, in.Body.Secret, in.From)
	return s.entered(tn, cookie, in.secure, err)
}

// entered answers a sign-in.
func (s *Server) entered(tn store.Technician, cookie secret.Text, secure bool, err error) (*signInOutput, error) {
	if err != nil {
		return nil, err
	}
	return &signInOutput{SetCookie: auth.Cookie(cookie, secure).String(), Body: s.meOf(tn)}, nil
}

func (s *Server) signInWays(context.Context, *struct{}) (*signInWaysOutput, error) {
	return &signInWaysOutput{Body: SignInWays{Passkeys: s.deps.Auth.HasPasskeys(), Provider: s.deps.Auth.ProviderName()}}, nil
}

func (s *Server) beginSignIn(ctx context.Context, in *struct{ From auth.Remote }) (*ceremonyOutput, error) {
	return begun(s.deps.Auth.BeginSignIn(ctx, in.From))
}

func (s *Server) signInByPasskey(ctx context.Context, in *passkeySignInInput) (*signInOutput, error) {
	tn, cookie, err := s.deps.Auth.SignInByPasskey(ctx, in.Body.Ceremony, in.Body.Response, in.From)
	return s.entered(tn, cookie, in.secure, err)
}

func (s *Server) signInByRecovery(ctx context.Context, in *recoveryInput) (*signInOutput, error) {
	tn, cookie, err := s.deps.Auth.SignInByRecovery(ctx, in.Body.Email, in.Body.Code, in.From)
	return s.entered(tn, cookie, in.secure, err)
}

func (s *Server) signOut(ctx context.Context, in *struct{ Transport }) (*signOutOutput, error) {
	who := auth.Caller(ctx)
	if err := s.deps.Auth.SignOut(ctx, who); err != nil {
		return nil, err
	}
	return &signOutOutput{SetCookie: auth.NoCookie(in.secure).String()}, nil
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	return &meOutput{Body: s.meOf(auth.Caller(ctx).Technician)}, nil
}

func (s *Server) meOf(tn store.Technician) Me {
	return Me{ID: tn.ID, Email: tn.Email, Name: tn.Name, Roles: tn.Roles, Organisation: s.deps.Organisation}
}
