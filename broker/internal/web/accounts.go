package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Account is somebody who may sign in.
type Account struct {
	ID        string      `json:"id"`
	Email     string      `json:"email"`
	Name      string      `json:"name" doc:"As requesters are shown it"`
	Roles     []desk.Role `json:"roles" enum:"technician,auditor,administrator" nullable:"false"`
	Disabled  bool        `json:"disabled"`
	Passkeys  int         `json:"passkeys" doc:"How many they have"`
	CreatedAt time.Time   `json:"createdAt"`
	SeenAt    *time.Time  `json:"seenAt,omitempty" doc:"Last use of a browser that is signed in; absent: none is"`
}

// SignInLink lets somebody in, once.
type SignInLink struct {
	Link    string    `json:"link" doc:"Shown now and never again"`
	Expires time.Time `json:"expires"`
}

// NewAccount is an account that was just made.
type NewAccount struct {
	Account Account    `json:"account"`
	SignIn  SignInLink `json:"signIn"`
}

type (
	accountInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	accountOutput     struct{ Body Account }
	accountListOutput struct {
		Body struct {
			Accounts []Account `json:"accounts" nullable:"false"`
		}
	}
	newAccountInput struct {
		Body struct {
			Email string      `json:"email"`
			Name  string      `json:"name"`
			Roles []desk.Role `json:"roles" enum:"technician,auditor,administrator"`
		}
	}
	newAccountOutput  struct{ Body NewAccount }
	accountPatchInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Name     *string      `json:"name,omitempty"`
			Roles    *[]desk.Role `json:"roles,omitempty" enum:"technician,auditor,administrator"`
			Disabled *bool        `json:"disabled,omitempty" doc:"true: signs them out everywhere and ends their sessions"`
		}
	}
	signInLinkOutput struct{ Body SignInLink }
)

func (s *Server) registerAccounts(api huma.API) {
	register(api, operation(http.MethodGet, "/accounts", "listAccounts", "All accounts, by name"), s.listAccounts)
	register(api, created(operation(http.MethodPost, "/accounts", "addAccount",
		"Make an account, with a link that lets its owner in")), s.addAccount)
	register(api, operation(http.MethodPatch, "/accounts/{id}", "changeAccount",
		"Change an account: send only what changes"), s.changeAccount)
	register(api, created(operation(http.MethodPost, "/accounts/{id}/sign-in-link", "makeSignInLink",
		"Make a link that lets its owner in")), s.makeSignInLink)
}

func (s *Server) listAccounts(ctx context.Context, _ *struct{}) (*accountListOutput, error) {
	out := &accountListOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		all, err := v.Technicians()
		if err != nil {
			return err
		}
		out.Body.Accounts = make([]Account, len(all))
		for i, tn := range all {
			if out.Body.Accounts[i], err = accountOf(v, tn); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func accountOf(v *store.View, tn store.Technician) (Account, error) {
	keys, err := v.Passkeys(tn.ID)
	if err != nil {
		return Account{}, err
	}
	in, err := v.CookieSessions(tn.ID)
	a := Account{
		ID: tn.ID, Email: tn.Email, Name: tn.Name, Roles: tn.Roles, Disabled: tn.Disabled(), Passkeys: len(keys),
		CreatedAt: tn.CreatedAt,
	}
	if len(in) > 0 {
		a.SeenAt = when(in[0].SeenAt)
	}
	return a, err
}

func (s *Server) addAccount(ctx context.Context, in *newAccountInput) (*newAccountOutput, error) {
	roles, err := parseRoles(in.Body.Roles)
	if err != nil {
		return nil, err
	}
	by := auth.Actor(auth.Caller(ctx).Technician)
	out := &newAccountOutput{}
	err = s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		tn, events, err := auth.AddTechnician(tx, in.Body.Email, in.Body.Name, roles, by)
		if err != nil {
			return nil, err
		}
		out.Body.Account, err = accountOf(&tx.View, tn)
		return events, err
	})
	if err != nil {
		return nil, err
	}
	out.Body.SignIn, err = s.linkFor(ctx, out.Body.Account.ID, by)
	return out, err
}

func parseRoles(roles []desk.Role) ([]desk.Role, error) {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return desk.ParseRoles(names)
}

func (s *Server) changeAccount(ctx context.Context, in *accountPatchInput) (*accountOutput, error) {
	by := auth.Actor(auth.Caller(ctx).Technician)
	out := &accountOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		tn, err := tx.Technician(in.ID)
		if err != nil {
			return nil, err
		}
		events, err := patchAccount(tx, tn, in, by)
		if err != nil {
			return nil, err
		}
		if tn, err = tx.Technician(in.ID); err != nil {
			return nil, err
		}
		out.Body, err = accountOf(&tx.View, tn)
		return events, err
	})
	return out, err
}

func patchAccount(
	tx *store.Tx, tn store.Technician, in *accountPatchInput, by record.Actor,
) (events []record.Event, err error) {
	var more []record.Event
	if in.Body.Name != nil {
		if more, err = auth.Rename(tx, tn, *in.Body.Name, by); err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	if in.Body.Roles != nil {
		roles, err := parseRoles(*in.Body.Roles)
		if err != nil {
			return nil, err
		}
		if more, err = auth.ChangeRoles(tx, tn, roles, by); err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	if in.Body.Disabled != nil {
		change := auth.Enable
		if *in.Body.Disabled {
			change = auth.Disable
		}
		if more, err = change(tx, tn, by); err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

func (s *Server) makeSignInLink(ctx context.Context, in *accountInput) (*signInLinkOutput, error) {
	var tn store.Technician
	if err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		tn, err = v.Technician(in.ID)
		return err
	}); err != nil {
		return nil, err
	}
	if tn.Disabled() {
		return nil, problem.New(http.StatusConflict, "account_disabled", "This account is closed. Open it again first.")
	}
	link, err := s.linkFor(ctx, tn.ID, auth.Actor(auth.Caller(ctx).Technician))
	return &signInLinkOutput{Body: link}, err
}

func (s *Server) linkFor(ctx context.Context, technician string, by record.Actor) (SignInLink, error) {
	link, expires, err := auth.MakeLink(ctx, s.deps.Journal, technician, by)
	return SignInLink{Link: s.deps.URL.JoinPath("signin").String() + "#" + link.Reveal(), Expires: expires}, err
}
