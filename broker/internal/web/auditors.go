package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/auditors"
	"beside/signaling/record"
)

// Auditors is who can open recordings.
type Auditors struct {
	Organisation string            `json:"organisation" doc:"Whose the list must be"`
	List         json.RawMessage   `json:"list,omitempty" doc:"As it was published; absent: none is"`
	PublishedAt  *time.Time        `json:"publishedAt,omitempty"`
	Fingerprint  string            `json:"fingerprint,omitempty" doc:"Of the root, as people compare it"`
	Identities   []AuditorIdentity `json:"identities" nullable:"false" doc:"Of this list and of earlier ones"`
	Passkeys     []AuditorPasskey  `json:"passkeys" nullable:"false" doc:"The same keys, sealed by passkeys"`
}

// AuditorIdentity is the private half of a recipient, sealed by a passphrase that
// stays with its auditor.
type AuditorIdentity struct {
	Recipient string `json:"recipient" doc:"age X25519" maxLength:"80"`
	Name      string `json:"name,omitempty" doc:"As in the list" readOnly:"true"`
	Sealed    string `json:"sealed" doc:"age file, armored" maxLength:"4096"`
}

type (
	auditorsOutput      struct{ Body Auditors }
	auditorsPublication struct {
		Body struct {
			List       string            `json:"list" doc:"The signed list, as JSON" maxLength:"16384"`
			Identities []AuditorIdentity `json:"identities,omitempty" maxItems:"16" doc:"Of its recipients, to be opened from any browser"`
		}
	}
)

func (s *Server) registerAuditors(api huma.API) {
	register(api, operation(http.MethodGet, "/auditors", "getAuditors", "Who can open recordings"), s.getAuditors)
	register(api, operation(http.MethodPut, "/auditors", "publishAuditors",
		"Publish a list of who can open recordings, signed by the auditors' root"), s.publishAuditors)
}

func (s *Server) getAuditors(ctx context.Context, _ *struct{}) (*auditorsOutput, error) {
	out := &auditorsOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		out.Body, err = s.auditorsOf(v)
		return err
	})
	return out, err
}

func (s *Server) auditorsOf(v *store.View) (Auditors, error) {
	out := Auditors{Organisation: s.deps.Organisation, Identities: []AuditorIdentity{}, Passkeys: []AuditorPasskey{}}
	kept, published, err := v.Auditors()
	if err != nil {
		return out, err
	}
	if published {
		list, err := auditors.Parse(kept.List)
		if err != nil {
			return out, err
		}
		out.List, out.PublishedAt, out.Fingerprint = kept.List, when(kept.PublishedAt), auditors.Fingerprint(list.Root)
	}
	identities, err := v.AuditorIdentities()
	for _, i := range identities {
		out.Identities = append(out.Identities, AuditorIdentity(i))
	}
	if err != nil {
		return out, err
	}
	passkeys, err := v.AuditorPasskeys()
	for _, p := range passkeys {
		out.Passkeys = append(out.Passkeys, AuditorPasskey(p))
	}
	return out, err
}

// publishAuditors puts a list into force. What is kept of it is checked, but
// believed by nobody on this broker's word: clients know the root or ask about it.
func (s *Server) publishAuditors(ctx context.Context, in *auditorsPublication) (*auditorsOutput, error) {
	list, err := auditors.Parse([]byte(in.Body.List))
	if err == nil {
		err = list.Verify(list.Root)
	}
	if err != nil {
		return nil, problem.New(http.StatusUnprocessableEntity, "list_refused", "This is no list that an auditors' key signed: "+err.Error()+".")
	}
	if list.Organisation != s.deps.Organisation {
		return nil, problem.New(http.StatusUnprocessableEntity, "list_refused", "The list is of "+list.Organisation+", not of "+s.deps.Organisation+".")
	}
	out := &auditorsOutput{}
	err = s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		if err := follows(&tx.View, list); err != nil {
			return nil, err
		}
		if err := keepIdentities(tx, list, in.Body.Identities); err != nil {
			return nil, err
		}
		if fresh, err := tx.PublishAuditors(list.Number, []byte(in.Body.List)); err != nil || !fresh {
			return nil, err
		}
		out.Body, err = s.auditorsOf(&tx.View)
		return []record.Event{record.New(record.AuditorsPublished{
			Number: list.Number, Root: auditors.FormatRoot(list.Root), Recipients: list.Keys(),
		}, record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))}, err
	})
	return out, err
}

// follows refuses a list that may not take the place of the one in force.
func follows(v *store.View, list auditors.List) error {
	kept, published, err := v.Auditors()
	if err != nil || !published {
		return err
	}
	before, err := auditors.Parse(kept.List)
	if err != nil {
		return err
	}
	if !bytes.Equal(before.Root, list.Root) {
		return problem.New(http.StatusConflict, "root_differs",
			"Another key signed the list in force. Sign with the same one: clients believe no other.")
	}
	if list.Number <= before.Number {
		return problem.New(http.StatusConflict, "list_behind", "A newer list is in force. Read it, and publish one with a higher number.")
	}
	return nil
}

func keepIdentities(tx *store.Tx, list auditors.List, identities []AuditorIdentity) error {
	for _, i := range identities {
		at := slices.Index(list.Keys(), i.Recipient)
		if at < 0 || !strings.HasPrefix(i.Sealed, "-----BEGIN AGE ENCRYPTED FILE-----") {
			return problem.New(http.StatusUnprocessableEntity, "identity_refused",
				"An identity is not of the list, or is no sealed age file. Nothing was published.")
		}
		err := tx.KeepAuditorIdentity(store.AuditorIdentity{Recipient: i.Recipient, Name: list.Recipients[at].Name, Sealed: i.Sealed})
		if err != nil {
			return err
		}
	}
	return nil
}
