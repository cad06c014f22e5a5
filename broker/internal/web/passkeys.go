package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
)

// Ceremony is half of a passkey's use: what the page asks the browser.
type Ceremony struct {
	Ceremony string    `json:"ceremony" doc:"To be brought back with the answer, within five minutes, once"`
	Options  anyObject `json:"options" doc:"For navigator.credentials, in the JSON form of WebAuthn §5.1.8, §5.1.9"`
}

// assertion is the other half.
type assertion struct {
	Ceremony secret.Text `json:"ceremony" maxLength:"100"`
	Response anyObject   `json:"response" doc:"The credential's toJSON (WebAuthn §5.1)"`
}

// anyObject is an object of another standard, as it stands.
type anyObject json.RawMessage

// MarshalJSON implements json.Marshaler.
func (o anyObject) MarshalJSON() ([]byte, error) { return o, nil }

// UnmarshalJSON implements json.Unmarshaler.
func (o *anyObject) UnmarshalJSON(text []byte) error {
	*o = append((*o)[:0], text...)
	return nil
}

// Schema implements huma.SchemaProvider: an object, whatever is in it.
func (anyObject) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// Passkey is one of the caller's.
type Passkey struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Synced    bool       `json:"synced" doc:"It may be on several devices"`
	CreatedAt time.Time  `json:"createdAt"`
	UsedAt    *time.Time `json:"usedAt,omitempty"`
}

// Passkeys is what the caller can sign in with.
type Passkeys struct {
	Available     bool      `json:"available" doc:"False where browsers allow none: at a bare address"`
	Passkeys      []Passkey `json:"passkeys" nullable:"false"`
	RecoveryCodes int       `json:"recoveryCodes" doc:"How many are left"`
}

// AddedPasskey is a new passkey, and the recovery codes that came with the first.
type AddedPasskey struct {
	Passkey       Passkey  `json:"passkey"`
	RecoveryCodes []string `json:"recoveryCodes" nullable:"false" doc:"Shown now and never again; empty: there are some already"`
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"codes" nullable:"false"`
}

type (
	ceremonyOutput struct{ Body Ceremony }
	passkeysOutput struct{ Body Passkeys }
	addedOutput    struct{ Body AddedPasskey }
	codesOutput    struct{ Body RecoveryCodes }
	addInput       struct {
		Body struct {
			Ceremony secret.Text `json:"ceremony" maxLength:"100"`
			Name     string      `json:"name"`
			Response anyObject   `json:"response" doc:"The credential's toJSON (WebAuthn §5.1)"`
		}
	}
	passkeyInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	renameInput struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			Name string `json:"name"`
		}
	}
	proofInput struct {
		From auth.Remote
		Body assertion
	}
)

func (s *Server) registerPasskeys(api huma.API) {
	register(api, operation(http.MethodGet, "/me/passkeys", "listPasskeys", "Own passkeys"), s.listPasskeys)
	register(api, operation(http.MethodPost, "/me/passkeys/begin", "beginPasskey",
		"Begin to add a passkey"), s.beginPasskey)
	register(api, created(operation(http.MethodPost, "/me/passkeys", "addPasskey", "Add a passkey")), s.addPasskey)
	register(api, operation(http.MethodPatch, "/me/passkeys/{id}", "renamePasskey",
		"Name an own passkey"), s.renamePasskey)
	register(api, operation(http.MethodDelete, "/me/passkeys/{id}", "removePasskey",
		"Remove an own passkey"), s.removePasskey)
	register(api, created(operation(http.MethodPost, "/me/recovery-codes", "makeRecoveryCodes",
		"Make new recovery codes; earlier ones are good no more")), s.makeRecoveryCodes)
	register(api, operation(http.MethodPost, "/me/proof/begin", "beginProof",
		"Begin to prove by a passkey who is signed in"), s.beginProof)
	register(api, operation(http.MethodPost, "/me/proof", "prove", "Prove by a passkey who is signed in"), s.prove)
}

func begun(b auth.Begun, err error) (*ceremonyOutput, error) {
	if err != nil {
		return nil, err
	}
	return &ceremonyOutput{Body: Ceremony{Ceremony: b.Ceremony.Reveal(), Options: anyObject(b.Options)}}, nil
}

func (s *Server) listPasskeys(ctx context.Context, _ *struct{}) (*passkeysOutput, error) {
	who := auth.Caller(ctx)
	out := &passkeysOutput{Body: Passkeys{Available: s.deps.Auth.HasPasskeys()}}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		kept, err := v.Passkeys(who.ID)
		if err != nil {
			return err
		}
		out.Body.Passkeys = make([]Passkey, len(kept))
		for i, p := range kept {
			out.Body.Passkeys[i] = passkeyOf(p)
		}
		out.Body.RecoveryCodes, err = v.RecoveryCodes(who.ID)
		return err
	})
	return out, err
}

func passkeyOf(p store.Passkey) Passkey {
	return Passkey{ID: p.ID, Name: p.Name, Synced: auth.Synced(p), CreatedAt: p.CreatedAt, UsedAt: when(p.UsedAt)}
}

func (s *Server) beginPasskey(ctx context.Context, _ *struct{}) (*ceremonyOutput, error) {
	return begun(s.deps.Auth.BeginPasskey(ctx, auth.Caller(ctx)))
}

func (s *Server) addPasskey(ctx context.Context, in *addInput) (*addedOutput, error) {
	p, codes, err := s.deps.Auth.AddPasskey(ctx, auth.Caller(ctx), in.Body.Ceremony, in.Body.Name, in.Body.Response)
	if err != nil {
		return nil, err
	}
	return &addedOutput{Body: AddedPasskey{Passkey: passkeyOf(p), RecoveryCodes: reveal(codes)}}, nil
}

func (s *Server) renamePasskey(ctx context.Context, in *renameInput) (*struct{}, error) {
	return nil, s.deps.Auth.RenamePasskey(ctx, auth.Caller(ctx), in.ID, in.Body.Name)
}

func (s *Server) removePasskey(ctx context.Context, in *passkeyInput) (*struct{}, error) {
	return nil, s.deps.Auth.RemovePasskey(ctx, auth.Caller(ctx), in.ID)
}

func (s *Server) makeRecoveryCodes(ctx context.Context, _ *struct{}) (*codesOutput, error) {
	codes, err := s.deps.Auth.NewRecoveryCodes(ctx, auth.Caller(ctx))
	return &codesOutput{Body: RecoveryCodes{Codes: reveal(codes)}}, err
}

// reveal shows recovery codes to their owner, in the one answer that has them.
func reveal(codes []secret.Text) []string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = c.Reveal()
	}
	return texts
}

func (s *Server) beginProof(ctx context.Context, _ *struct{}) (*ceremonyOutput, error) {
	return begun(s.deps.Auth.BeginProof(ctx, auth.Caller(ctx)))
}

func (s *Server) prove(ctx context.Context, in *proofInput) (*struct{}, error) {
	return nil, s.deps.Auth.Prove(ctx, auth.Caller(ctx), in.Body.Ceremony, in.Body.Response, in.From)
}
