package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	// ceremonyLife is how long a person may take at the authenticator.
	ceremonyLife = 5 * time.Minute
	// maxPasskeys is more than one person has devices.
	maxPasskeys = 20
)

// The ceremonies (WebAuthn §7) that a page can be in the middle of.
const (
	adding  = "passkey.add"
	signing = "passkey.sign_in"
	proving = "passkey.prove"
)

// newPasskeys returns nil where browsers allow no passkeys: they belong to a
// name, never to an address (WebAuthn §5.1.3, "effective domain").
func newPasskeys(c Config) (*webauthn.WebAuthn, error) {
	host := c.URL.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: c.Organisation, RPOrigins: c.Origins,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", host, err)
	}
	return w, nil
}

// HasPasskeys reports whether this broker's address can have passkeys.
func (d *Desk) HasPasskeys() bool { return d.passkeys != nil }

func noPasskeys() error {
	return problem.New(http.StatusConflict, "passkeys_unavailable",
		"Browsers allow no passkeys at a bare address. Reach this broker by a name, such as https://help.example.")
}

// Begun is what a page is given to ask its authenticator: the ceremony's secret
// and the options for navigator.credentials.
type Begun struct {
	Ceremony secret.Text
	Options  json.RawMessage
}

// owner is an account as the webauthn package sees it.
type owner struct {
	store.Technician
	credentials []webauthn.Credential
}

func (o owner) WebAuthnID() []byte                         { return []byte(o.ID) }
func (o owner) WebAuthnName() string                       { return o.Email }
func (o owner) WebAuthnDisplayName() string                { return o.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

func ownerOf(v *store.View, tn store.Technician) (owner, error) {
	kept, err := v.Passkeys(tn.ID)
	o := owner{Technician: tn, credentials: make([]webauthn.Credential, len(kept))}
	for i, p := range kept {
		if err := json.Unmarshal(p.Credential, &o.credentials[i]); err != nil {
			return o, fmt.Errorf("passkey %s is damaged: %w", p.ID, err)
		}
	}
	return o, err
}

// begin keeps a ceremony and returns what the page is given.
func begin(tx *store.Tx, kind, technician string, session *webauthn.SessionData, options any) (Begun, error) {
	data, err := json.Marshal(session)
	if err != nil {
		return Begun{}, fmt.Errorf("keep ceremony: %w", err)
	}
	b := Begun{Ceremony: secret.Random()}
	if b.Options, err = json.Marshal(options); err != nil {
		return Begun{}, fmt.Errorf("describe ceremony: %w", err)
	}
	c := store.Ceremony{Kind: kind, Technician: technician, Data: data}
	return b, tx.InsertCeremony(b.Ceremony.Hash(), c, tx.Now().Add(ceremonyLife))
}

func ceremonyOver() *problem.Problem {
	return problem.New(http.StatusConflict, "ceremony_over", "This took too long or was done before. Try again.")
}

func passkeyRefused() *problem.Problem {
	return problem.New(http.StatusUnauthorized, "passkey_refused",
		"This passkey was not accepted. Try another, a recovery code or a sign-in link.")
}

// take ends a ceremony of an account, or of nobody yet. One that is over is
// ceremonyOver.
func take(tx *store.Tx, kind, technician string, ceremony secret.Text) (s webauthn.SessionData, err error) {
	c, err := tx.TakeCeremony(ceremony.Hash(), kind)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Technician != technician {
		return s, ceremonyOver()
	}
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(c.Data, &s); err != nil {
		return s, fmt.Errorf("ceremony is damaged: %w", err)
	}
	return s, nil
}

// BeginPasskey begins to add a passkey to the caller's account.
func (d *Desk) BeginPasskey(ctx context.Context, who Identity) (b Begun, err error) {
	if d.passkeys == nil {
		return b, noPasskeys()
	}
	err = d.store.Update(ctx, func(tx *store.Tx) error {
		o, err := ownerOf(&tx.View, who.Technician)
		if err != nil {
			return err
		}
		if len(o.credentials) >= maxPasskeys {
			return problem.New(http.StatusConflict, "passkeys_full",
				"This account has as many passkeys as it can. Remove one that you do not use.")
		}
		there := webauthn.Credentials(o.credentials).CredentialDescriptors()
		options, session, err := d.passkeys.BeginRegistration(o, webauthn.WithExclusions(there))
		if err != nil {
			return fmt.Errorf("begin passkey: %w", err)
		}
		b, err = begin(tx, adding, who.ID, session, options.Response)
		return err
	})
	return b, err
}

// AddPasskey keeps the passkey that an authenticator made. With an account's
// first one come its recovery codes, which are shown now and never again.
func (d *Desk) AddPasskey(
	ctx context.Context, who Identity, ceremony secret.Text, name string, response []byte,
) (p store.Passkey, codes []secret.Text, err error) {
	if d.passkeys == nil {
		return p, nil, noPasskeys()
	}
	if name, err = desk.Line("name", name, 1, desk.MaxName); err != nil {
		return p, nil, err
	}
	err = d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		session, err := take(tx, adding, who.ID, ceremony)
		if err != nil {
			return nil, err
		}
		o, err := ownerOf(&tx.View, who.Technician)
		if err != nil {
			return nil, err
		}
		credential, err := d.created(o, session, response)
		if err != nil {
			return nil, err
		}
		kept, err := json.Marshal(credential)
		if err != nil {
			return nil, fmt.Errorf("keep passkey: %w", err)
		}
		p, err = tx.InsertPasskey(store.Passkey{Technician: who.ID, CredentialID: credential.ID, Credential: kept, Name: name})
		if errors.Is(err, store.ErrTaken) {
			return nil, passkeyRefused()
		}
		if err != nil {
			return nil, err
		}
		// Whoever made a passkey just now has shown the authenticator who they are.
		if err := tx.ProveCookieSession(who.cookie); err != nil {
			return nil, err
		}
		data := record.PasskeyAdded{Passkey: p.ID, Synced: credential.Flags.BackupEligible}
		events := []record.Event{record.New(data, record.ByBroker, Actor(who.Technician))}
		if len(o.credentials) > 0 {
			return events, nil
		}
		var made record.Event
		codes, made, err = newCodes(tx, who.Technician)
		return append(events, made), err
	})
	return p, codes, err
}

// created checks what an authenticator answered (WebAuthn §7.1).
func (d *Desk) created(o owner, session webauthn.SessionData, response []byte) (*webauthn.Credential, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return nil, passkeyRefused()
	}
	credential, err := d.passkeys.CreateCredential(o, session, parsed)
	if err != nil {
		return nil, passkeyRefused()
	}
	credential.Attestation = webauthn.CredentialAttestation{} // none was asked for, so it proves nothing
	return credential, nil
}

// BeginSignIn begins a sign-in by whichever passkey the person chooses.
func (d *Desk) BeginSignIn(ctx context.Context, from Remote) (b Begun, err error) {
	if wait := d.networks.Take(from.Addr); wait > 0 {
		return b, problem.TooMany(wait)
	}
	return d.beginAssertion(ctx, signing, "")
}

// BeginProof begins to ask somebody who is signed in for their passkey again.
func (d *Desk) BeginProof(ctx context.Context, who Identity) (Begun, error) {
	return d.beginAssertion(ctx, proving, who.ID)
}

func (d *Desk) beginAssertion(ctx context.Context, kind, technician string) (b Begun, err error) {
	if d.passkeys == nil {
		return b, noPasskeys()
	}
	options, session, err := d.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return b, fmt.Errorf("begin sign-in: %w", err)
	}
	err = d.store.Update(ctx, func(tx *store.Tx) error {
		b, err = begin(tx, kind, technician, session, options.Response)
		return err
	})
	return b, err
}

// SignInByPasskey checks what an authenticator signed and returns the account
// and the new cookie's value.
func (d *Desk) SignInByPasskey(
	ctx context.Context, ceremony secret.Text, response []byte, from Remote,
) (store.Technician, secret.Text, error) {
	if wait := d.networks.Take(from.Addr); wait > 0 {
		return store.Technician{}, secret.Text{}, problem.TooMany(wait)
	}
	return d.enter(ctx, ByPasskey, from, func(tx *store.Tx) (string, []record.Event, error) {
		id, err := d.asserted(tx, signing, "", ceremony, response)
		return id, nil, err
	})
}

// Prove checks a passkey of somebody who is signed in: for a while they may do
// what takes a recent proof.
func (d *Desk) Prove(ctx context.Context, who Identity, ceremony secret.Text, response []byte, from Remote) error {
	var refused *problem.Problem
	err := d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		id, err := d.asserted(tx, proving, who.ID, ceremony, response)
		if err == nil && id != who.ID {
			err = passkeyRefused()
		}
		if errors.As(err, &refused) {
			return []record.Event{refusal(refused, from, Actor(who.Technician))}, nil
		}
		if err != nil {
			return nil, err
		}
		e := record.New(record.SignInProved{From: Truncate(from.Addr)}, record.ByBroker, Actor(who.Technician))
		return []record.Event{e}, tx.ProveCookieSession(who.cookie)
	})
	if err == nil && refused != nil {
		return refused
	}
	return err
}

// asserted checks what an authenticator signed (WebAuthn §7.2), keeps its new
// counter and returns whose passkey it is.
func (d *Desk) asserted(tx *store.Tx, kind, technician string, ceremony secret.Text, response []byte) (string, error) {
	if d.passkeys == nil {
		return "", noPasskeys()
	}
	session, err := take(tx, kind, technician, ceremony)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return "", passkeyRefused()
	}
	var whose owner
	find := func(_, handle []byte) (webauthn.User, error) {
		tn, err := tx.Technician(string(handle))
		if err == nil && tn.Disabled() {
			err = store.ErrNotFound
		}
		if err == nil {
			whose, err = ownerOf(&tx.View, tn)
		}
		return whose, err
	}
	_, credential, err := d.passkeys.ValidatePasskeyLogin(find, session, parsed)
	// A counter that does not grow means that there are two of this passkey.
	if err != nil || credential.Authenticator.CloneWarning {
		return "", passkeyRefused()
	}
	kept, err := json.Marshal(credential)
	if err != nil {
		return "", fmt.Errorf("keep passkey: %w", err)
	}
	return whose.ID, tx.UsePasskey(credential.ID, kept)
}

// RenamePasskey gives one of the caller's passkeys another name.
func (d *Desk) RenamePasskey(ctx context.Context, who Identity, id, name string) error {
	name, err := desk.Line("name", name, 1, desk.MaxName)
	if err != nil {
		return err
	}
	return d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		there, err := tx.RenamePasskey(who.ID, id, name)
		return one(there, err, record.PasskeyRenamed{Passkey: id}, who)
	})
}

// RemovePasskey removes one of the caller's passkeys.
func (d *Desk) RemovePasskey(ctx context.Context, who Identity, id string) error {
	return d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		there, err := tx.DeletePasskey(who.ID, id)
		return one(there, err, record.PasskeyRemoved{Passkey: id}, who)
	})
}

// one is the event of a change of something that must be there.
func one(there bool, err error, data record.Data, who Identity) ([]record.Event, error) {
	if err == nil && !there {
		err = store.ErrNotFound
	}
	return []record.Event{record.New(data, record.ByBroker, Actor(who.Technician))}, err
}

// Synced reports whether a passkey may be on several devices, as its
// authenticator says (WebAuthn §6.1.3).
func Synced(p store.Passkey) bool {
	var c webauthn.Credential
	return json.NewDecoder(bytes.NewReader(p.Credential)).Decode(&c) == nil && c.Flags.BackupEligible
}
