package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/desk"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// Policy is what clients may be asked for. It only narrows what there is; what
// of it somebody may do is the requester's to decide.
type Policy struct {
	Offered   []grant.Scope `json:"offered" nullable:"false" doc:"What there is"`
	Scopes    []grant.Scope `json:"scopes" nullable:"false" doc:"What of it may be asked for"`
	ChangedAt *time.Time    `json:"changedAt,omitempty" doc:"Absent: never"`

	Recording  session.RecordingMode `json:"recording" enum:"off,allowed,required" doc:"As it was chosen"`
	Recordable bool                  `json:"recordable" doc:"There is a list of who can open recordings; without, recording is off"`

	Asking bool `json:"asking" doc:"Whoever reaches the broker may ask for help at the help page"`
}

// Key is one that signs the broker's tokens, or did, or will.
type Key struct {
	ID          string     `json:"id" doc:"RFC 7638 thumbprint"`
	State       string     `json:"state" enum:"next,signs,retired"`
	CreatedAt   time.Time  `json:"createdAt"`
	ActivatedAt *time.Time `json:"activatedAt,omitempty"`
	RetiredAt   *time.Time `json:"retiredAt,omitempty"`
}

type (
	policyOutput struct{ Body Policy }
	policyInput  struct {
		Body struct {
			Scopes    []grant.Scope         `json:"scopes"`
			Recording session.RecordingMode `json:"recording,omitempty" enum:"off,allowed,required" doc:"Absent: as before"`
			Asking    *bool                 `json:"asking,omitempty" doc:"Absent: as before"`
		}
	}
	keysOutput struct {
		Body struct {
			Keys []Key `json:"keys" nullable:"false"`
		}
	}
)

func (s *Server) registerPolicy(api huma.API) {
	register(api, operation(http.MethodGet, "/policy", "getPolicy", "What clients may be asked for"), s.getPolicy)
	register(api, operation(http.MethodPut, "/policy", "setPolicy",
		"Narrow what clients may be asked for; live sessions follow at once"), s.setPolicy)
	register(api, operation(http.MethodGet, "/keys", "listKeys",
		"The keys of the broker's tokens; their public halves are at /.well-known/jwks.json"), s.listKeys)
	register(api, operation(http.MethodPost, "/keys/rotate", "rotateKey",
		"Let the next key sign; live sessions follow at once"), s.rotateKey)
}

func (s *Server) getPolicy(ctx context.Context, _ *struct{}) (*policyOutput, error) {
	out := &policyOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		out.Body, err = policyOf(v)
		return err
	})
	return out, err
}

func policyOf(v *store.View) (Policy, error) {
	kept, _, err := v.Policy()
	if err != nil {
		return Policy{}, err
	}
	scopes, err := session.Policy(v)
	if err != nil {
		return Policy{}, err
	}
	_, recording, err := session.RecordingPolicy(v)
	if err != nil {
		return Policy{}, err
	}
	asking, err := v.AskingAllowed()
	if err != nil {
		return Policy{}, err
	}
	_, recordable, err := v.Auditors()
	return Policy{
		Recording: recording, Recordable: recordable, Asking: asking,
		Offered: session.Offered().Scopes(), Scopes: scopes.Scopes(), ChangedAt: when(kept.ChangedAt),
	}, err
}

func (s *Server) setPolicy(ctx context.Context, in *policyInput) (*policyOutput, error) {
	scopes, err := grant.NewSet(in.Body.Scopes...)
	if err != nil {
		return nil, &desk.Problem{Field: "scopes", Text: err.Error()}
	}
	out := &policyOutput{}
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		events, err := session.SetPolicy(tx, scopes, by)
		if err == nil && in.Body.Recording != "" {
			var more []record.Event
			more, err = session.SetRecordingPolicy(tx, in.Body.Recording, by)
			events = append(events, more...)
		}
		if err == nil && in.Body.Asking != nil {
			var more []record.Event
			more, err = ticket.SetAskingAllowed(tx, *in.Body.Asking, by)
			events = append(events, more...)
		}
		return events, err
	}, func(v *store.View) (err error) {
		out.Body, err = policyOf(v)
		return err
	})
}

func (s *Server) listKeys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	out := &keysOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		kept, err := v.SigningKeys()
		out.Body.Keys = keysOf(kept)
		return err
	})
	return out, err
}

func keysOf(kept []store.SigningKey) []Key {
	keys := make([]Key, len(kept))
	for i, k := range kept {
		keys[i] = Key{
			ID: k.ID, State: k.State(), CreatedAt: k.CreatedAt, ActivatedAt: when(k.ActivatedAt), RetiredAt: when(k.RetiredAt),
		}
	}
	return keys
}

func (s *Server) rotateKey(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	out := &keysOutput{}
	err := s.change(ctx, session.Rotate, func(v *store.View) error {
		kept, err := v.SigningKeys()
		out.Body.Keys = keysOf(kept)
		return err
	})
	return out, err
}
