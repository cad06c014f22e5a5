package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// maxAuditorPasskeys bounds how many are kept of one recipient.
const maxAuditorPasskeys = 16

// AuditorPasskey is the private half of a recipient once more, sealed by a passkey
// of its auditor's device: what opens it never comes here.
type AuditorPasskey struct {
	Recipient string `json:"recipient" doc:"age X25519" maxLength:"80"`
	Passkey   string `json:"passkey" doc:"Which: AGE-PLUGIN-FIDO2PRF-1…, nothing secret" pattern:"^AGE-PLUGIN-FIDO2PRF-1[0-9A-Z]+$" maxLength:"2000"`
	Name      string `json:"name" doc:"Of the device, as its auditor calls it" minLength:"1" maxLength:"60"`
	Sealed    string `json:"sealed" doc:"age file, armored" maxLength:"4096"`
}

type (
	auditorPasskeyInput     struct{ Body AuditorPasskey }
	dropAuditorPasskeyInput struct {
		Body struct {
			Recipient string `json:"recipient" maxLength:"80"`
			Passkey   string `json:"passkey" maxLength:"2000"`
		}
	}
)

func (s *Server) registerAuditorPasskeys(api huma.API) {
	register(api, operation(http.MethodPost, "/auditors/passkeys", "keepAuditorPasskey",
		"Keep a key that opens recordings, sealed by a passkey"), s.keepAuditorPasskey)
	register(api, operation(http.MethodPost, "/auditors/passkeys/forget", "forgetAuditorPasskey",
		"Forget a key that a passkey sealed"), s.forgetAuditorPasskey)
}

func (s *Server) keepAuditorPasskey(ctx context.Context, in *auditorPasskeyInput) (*struct{}, error) {
	p := store.AuditorPasskey(in.Body)
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		identities, err := tx.AuditorIdentities()
		if err != nil {
			return nil, err
		}
		known := slices.ContainsFunc(identities, func(i store.AuditorIdentity) bool { return i.Recipient == p.Recipient })
		if !known || !strings.HasPrefix(p.Sealed, "-----BEGIN AGE ENCRYPTED FILE-----") {
			return nil, problem.New(http.StatusUnprocessableEntity, "identity_refused",
				"This is no key that opens recordings here, or no sealed age file. Nothing was kept.")
		}
		all, err := tx.AuditorPasskeys()
		if err != nil {
			return nil, err
		}
		others := slices.DeleteFunc(all, func(o store.AuditorPasskey) bool { return o.Recipient != p.Recipient || o.Passkey == p.Passkey })
		if len(others) >= maxAuditorPasskeys {
			return nil, problem.New(http.StatusConflict, "too_many_passkeys", "Too many passkeys open this key. Forget one first.")
		}
		if err := tx.KeepAuditorPasskey(p); err != nil {
			return nil, err
		}
		data := record.AuditorPasskeyKept{Recipient: p.Recipient, Name: p.Name}
		return []record.Event{record.New(data, record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))}, nil
	})
}

func (s *Server) forgetAuditorPasskey(ctx context.Context, in *dropAuditorPasskeyInput) (*struct{}, error) {
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		dropped, err := tx.DropAuditorPasskey(in.Body.Recipient, in.Body.Passkey)
		if err != nil || !dropped {
			return nil, err
		}
		data := record.AuditorPasskeyForgotten{Recipient: in.Body.Recipient}
		return []record.Event{record.New(data, record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))}, nil
	})
}
