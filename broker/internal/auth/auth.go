// Package auth knows who calls: passkeys, recovery codes, one-time sign-in
// links, cookie sessions, roles, and how often one may try.
//
// It owns the secrets of cookies, links and recovery codes: the database has
// only hashes. It
// decides who someone is and which roles they hold, never what a session may
// do: that is the requester's to decide.
package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	// LinkLife is how long a sign-in link is good for.
	LinkLife = 10 * time.Minute
	// CookieLife is how long a browser stays signed in at most, and IdleLife
	// how long without being seen.
	CookieLife = 12 * time.Hour
	IdleLife   = time.Hour

	// touchEvery keeps a busy browser from writing with every request.
	touchEvery = time.Minute
)

// Config is what a Desk is made of.
type Config struct {
	Store        *store.Store
	Journal      *journal.Journal
	Organisation string
	URL          *url.URL        // the public address, whose host passkeys belong to
	Origins      []string        // of the broker's own pages, as browsers write them
	ProofLife    time.Duration   // 0: ProofLife
	Provider     *ProviderConfig // nil: no single sign-on
}

// Desk signs people in and tells who they are. It is safe for many goroutines.
type Desk struct {
	store     *store.Store
	journal   *journal.Journal
	passkeys  *webauthn.WebAuthn // nil: this address can have none
	provider  *provider          // nil: none
	proofLife time.Duration
	networks  *Throttle
	accounts  *Accounts
}

// New returns the desk of a store.
func New(c Config) (*Desk, error) {
	passkeys, err := newPasskeys(c)
	if err != nil {
		return nil, err
	}
	if c.ProofLife == 0 {
		c.ProofLife = ProofLife
	}
	d := &Desk{
		store: c.Store, journal: c.Journal, passkeys: passkeys, proofLife: c.ProofLife,
		// An office comes from one address in the morning; a passkey and the single
		// sign-on take two attempts.
		networks: NewThrottle(Limits{PerAddress: 60, Global: 600}),
		accounts: NewAccounts(accountTries),
	}
	if c.Provider != nil {
		d.provider = newProvider(*c.Provider, c.URL)
	}
	return d, nil
}

// accountTries is how often a minute somebody may try to be one account.
const accountTries = 5

// Method is how somebody proved who they are.
type Method string

// The ways to sign in.
const (
	ByLink     Method = "link"
	ByPasskey  Method = "passkey"
	ByRecovery Method = "recovery"
)

// MakeLink makes a sign-in secret for an account. By is whoever asked for it.
func MakeLink(ctx context.Context, j *journal.Journal, technician string, by record.Actor) (secret.Text, time.Time, error) {
	s := secret.Random()
	var expires time.Time
	err := j.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		expires = tx.Now().Add(LinkLife)
		data := record.SignInLinkMade{Technician: technician, Expires: expires}
		return []record.Event{record.New(data, record.ByBroker, by)}, tx.InsertSignInLink(s.Hash(), technician, expires)
	})
	return s, expires, err
}

// SignIn spends a sign-in secret and returns the account and the new cookie's
// value. A refusal is a *problem.Problem.
func (d *Desk) SignIn(ctx context.Context, link secret.Text, from Remote) (store.Technician, secret.Text, error) {
	if wait := d.networks.Take(from.Addr); wait > 0 {
		return store.Technician{}, secret.Text{}, problem.TooMany(wait)
	}
	return d.enter(ctx, ByLink, from, func(tx *store.Tx) (string, []record.Event, error) {
		id, err := tx.SpendSignInLink(link.Hash())
		if errors.Is(err, store.ErrNotFound) {
			return "", nil, problem.New(http.StatusUnauthorized, "link_spent",
				"This sign-in link was used or is too old. Ask for a new one.")
		}
		return id, nil, err
	})
}

// enter signs the browser in as the account that prove names, and records its
// events too. What prove refuses with a *problem.Problem is recorded and returned.
func (d *Desk) enter(
	ctx context.Context, how Method, from Remote, prove func(*store.Tx) (string, []record.Event, error),
) (tn store.Technician, cookie secret.Text, err error) {
	cookie = secret.Random()
	var refused *problem.Problem
	err = d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		id, events, err := prove(tx)
		if errors.As(err, &refused) {
			return []record.Event{refusal(refused, from, record.Actor{Kind: record.Stranger})}, nil
		}
		if err != nil {
			return nil, err
		}
		if tn, err = tx.Technician(id); err != nil {
			return nil, err
		}
		c := store.CookieSession{Technician: tn, Device: Device(from.Agent), From: Truncate(from.Addr)}
		if how == ByPasskey {
			c.StrongAt = tx.Now()
		}
		e := record.New(record.SignedIn{From: Truncate(from.Addr), Method: string(how)}, record.ByBroker, Actor(tn))
		return append(events, e), tx.InsertCookieSession(cookie.Hash(), c)
	})
	if err == nil && refused != nil {
		return store.Technician{}, secret.Text{}, refused
	}
	return tn, cookie, err
}

// refusal is the event of a sign-in, or of a proof, that was refused.
func refusal(why *problem.Problem, from Remote, who record.Actor) record.Event {
	e := record.New(record.SignInRefused{From: Truncate(from.Addr), Reason: why.Code}, record.ByBroker, who)
	e.Outcome = record.Denied
	return e
}

// SignOut ends a cookie session. An unknown one is no error.
func (d *Desk) SignOut(ctx context.Context, who Identity) error {
	return d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		was, err := tx.DeleteCookieSession(who.cookie)
		if err != nil || !was {
			return nil, err
		}
		return []record.Event{record.New(record.SignedOut{}, record.ByBroker, Actor(who.Technician))}, nil
	})
}

// Identify tells whose cookie this is. A cookie that is unknown, older than
// CookieLife or not seen for IdleLife is store.ErrNotFound.
func (d *Desk) Identify(ctx context.Context, cookie secret.Text) (Identity, error) {
	hash := cookie.Hash()
	var c store.CookieSession
	err := d.store.View(ctx, func(v *store.View) (err error) {
		c, err = v.CookieSession(hash)
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	if over(c) || c.Technician.Disabled() {
		return Identity{}, store.ErrNotFound
	}
	if time.Since(c.SeenAt) >= touchEvery {
		if err := d.store.Update(ctx, func(tx *store.Tx) error { return tx.TouchCookieSession(hash) }); err != nil {
			return Identity{}, err
		}
	}
	return Identity{Technician: c.Technician, Browser: c.ID, ProvedAt: c.ProvedAt, StrongAt: c.StrongAt, cookie: hash}, nil
}

// Actor is how the audit log names an account.
func Actor(tn store.Technician) record.Actor {
	return record.Actor{Kind: record.Technician, ID: tn.ID}
}

// Identity is a signed-in account.
type Identity struct {
	store.Technician
	Browser  string    // the cookie session's id
	ProvedAt time.Time // when it was last proven who it is, in any way
	StrongAt time.Time // the same by a passkey; zero: never
	cookie   []byte    // hash
}

// Has reports whether the account holds any of the roles.
func (i Identity) Has(roles ...desk.Role) bool {
	return slices.ContainsFunc(roles, func(r desk.Role) bool { return slices.Contains(i.Roles, r) })
}

type identityKey struct{}

// With returns a context that carries who calls.
func With(ctx context.Context, who Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, who)
}

// Caller returns who calls an operation that is not open to everybody: the web
// server has let nobody else through.
func Caller(ctx context.Context) Identity {
	who, ok := ctx.Value(identityKey{}).(Identity)
	if !ok {
		panic("an operation that is open to everybody asks who calls")
	}
	return who
}

// Known returns who calls, or nil: nobody that we know.
func Known(ctx context.Context) *Identity {
	if who, ok := ctx.Value(identityKey{}).(Identity); ok {
		return &who
	}
	return nil
}

// Require returns who calls if they hold any of the roles, else a problem:
// 401 signed_out or 403 role_missing. Without roles, being signed in is enough.
func Require(ctx context.Context, roles ...desk.Role) (Identity, error) {
	who, ok := ctx.Value(identityKey{}).(Identity)
	if !ok {
		return Identity{}, problem.New(http.StatusUnauthorized, "signed_out", "You are not signed in. Sign in, then try again.")
	}
	if len(roles) > 0 && !who.Has(roles...) {
		return Identity{}, problem.New(http.StatusForbidden, "role_missing", "Your account may not do this. Ask an administrator for the role "+string(roles[0])+".")
	}
	return who, nil
}
