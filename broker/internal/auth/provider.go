package auth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// ByProvider is the single sign-on.
const ByProvider Method = "provider"

const (
	// providerLife is how long a person may take at the provider.
	providerLife = 10 * time.Minute
	// providerWait is how long the provider may take to answer us.
	providerWait = 10 * time.Second
	// entering is the ceremony of a sign-in by the provider.
	entering = "provider"
	// ProviderPath is the page to which the provider sends people back.
	ProviderPath = "/signin/provider"
)

// ProviderConfig is the organisation's single sign-on: an OpenID provider.
type ProviderConfig struct {
	Issuer string
	ID     string      // by which the provider knows this broker
	Secret secret.Text // empty: a public client, PKCE alone
	Name   string      // on the button
	// RolesClaim is the claim whose values Roles maps to roles. With Roles the
	// provider says who may come and as what; without, it only says who it is.
	RolesClaim string
	Roles      map[string]desk.Role
}

// provider is an OpenID provider, found at its first use: the broker starts
// also while it is away.
type provider struct {
	config   ProviderConfig
	redirect string
	client   *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(c ProviderConfig, public *url.URL) *provider {
	return &provider{config: c, redirect: public.JoinPath(ProviderPath).String(), client: &http.Client{Timeout: providerWait}}
}

// find reads what the provider says of itself (OpenID Connect Discovery §4).
// That its issuer is the configured one is checked there.
func (p *provider) find(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", p.config.Issuer, err)
	}
	p.found = found
	return found, nil
}

func (p *provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.config.ID, ClientSecret: p.config.Secret.Reveal(), Endpoint: found.Endpoint(), RedirectURL: p.redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// ProviderName is what the single sign-on is called; empty: there is none.
func (d *Desk) ProviderName() string {
	if d.provider == nil {
		return ""
	}
	return d.provider.config.Name
}

// leaving is what a sign-in remembers while the person is at the provider.
type leaving struct {
	Nonce    string
	Verifier string // PKCE (RFC 7636)
	Browser  []byte // hash of the cookie of the browser that began
}

// Departure sends a person to the provider: to URL, with the cookie Browser by
// which they are known when they come back.
type Departure struct {
	URL     string
	Browser secret.Text
}

func providerAway() *problem.Problem {
	return problem.New(http.StatusBadGateway, "provider_away",
		"The single sign-on does not answer. Try again in a moment, or sign in another way.")
}

func providerRefused() *problem.Problem {
	return problem.New(http.StatusUnauthorized, "provider_refused",
		"The single sign-on did not confirm who you are. Try again, or sign in another way.")
}

// Depart begins a sign-in by the provider or, for somebody who is signed in,
// the link of their account to it. An unreachable provider is a problem that
// the log has the cause of.
func (d *Desk) Depart(ctx context.Context, who *Identity, from Remote) (Departure, error) {
	if wait := d.networks.Take(from.Addr); wait > 0 {
		return Departure{}, problem.TooMany(wait)
	}
	if d.provider == nil {
		return Departure{}, store.ErrNotFound
	}
	found, err := d.provider.find(ctx)
	if err != nil {
		return Departure{}, providerAway().Because(err)
	}
	state, browser, nonce, verifier := secret.Random(), secret.Random(), secret.Random(), oauth2.GenerateVerifier()
	data, err := json.Marshal(leaving{Nonce: nonce.Reveal(), Verifier: verifier, Browser: browser.Hash()})
	if err != nil {
		return Departure{}, fmt.Errorf("keep sign-in: %w", err)
	}
	c := store.Ceremony{Kind: entering, Data: data}
	if who != nil {
		c.Technician = who.ID
	}
	if err := d.store.Update(ctx, func(tx *store.Tx) error {
		return tx.InsertCeremony(state.Hash(), c, tx.Now().Add(providerLife))
	}); err != nil {
		return Departure{}, err
	}
	to := d.provider.oauth(found).AuthCodeURL(state.Reveal(), oidc.Nonce(nonce.Reveal()), oauth2.S256ChallengeOption(verifier))
	return Departure{URL: to, Browser: browser}, nil
}

// Return is what the provider sent a person back with.
type Return struct {
	State, Code secret.Text
	Issuer      string      // RFC 9207; empty: the provider does not send it
	Browser     secret.Text // the cookie that Depart made
}

// Arrive ends a sign-in by the provider. Who was signed in when it began has
// their account linked, and gets no new cookie.
func (d *Desk) Arrive(ctx context.Context, who *Identity, back Return, from Remote) (store.Technician, secret.Text, error) {
	if wait := d.networks.Take(from.Addr); wait > 0 {
		return store.Technician{}, secret.Text{}, problem.TooMany(wait)
	}
	if d.provider == nil {
		return store.Technician{}, secret.Text{}, store.ErrNotFound
	}
	began, left, err := d.back(ctx, back)
	var said claims
	if err == nil {
		said, err = d.provider.exchange(ctx, back.Code, left)
	}
	if err == nil && began.Technician != "" {
		return d.link(ctx, who, began.Technician, said)
	}
	// What failed before is refused here, so that it is recorded too.
	return d.enter(ctx, ByProvider, from, func(tx *store.Tx) (string, []record.Event, error) {
		if err != nil {
			return "", nil, err
		}
		return d.provider.account(tx, said)
	})
}

// back takes what Depart kept, once. A browser that did not begin this sign-in
// gets nowhere: nobody can be signed in as somebody else by a link.
func (d *Desk) back(ctx context.Context, r Return) (c store.Ceremony, left leaving, err error) {
	err = d.store.Update(ctx, func(tx *store.Tx) error {
		c, err = tx.TakeCeremony(r.State.Hash(), entering)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return c, left, ceremonyOver()
	}
	if err != nil {
		return c, left, err
	}
	if err := json.Unmarshal(c.Data, &left); err != nil {
		return c, left, fmt.Errorf("sign-in is damaged: %w", err)
	}
	if r.Browser.IsZero() || subtle.ConstantTimeCompare(r.Browser.Hash(), left.Browser) != 1 {
		return c, left, ceremonyOver()
	}
	if r.Issuer != "" && r.Issuer != d.provider.config.Issuer {
		return c, left, providerRefused()
	}
	return c, left, nil
}

// claims is what the provider says of a person.
type claims struct {
	Subject  string
	Email    string
	Verified bool
	Name     string
	Roles    []desk.Role
}

// exchange trades the code for an ID token and checks it (OpenID Connect Core
// §3.1.3.7): signature, issuer, audience, time, and the nonce of this sign-in.
func (p *provider) exchange(ctx context.Context, code secret.Text, left leaving) (c claims, err error) {
	found, err := p.find(ctx)
	if err != nil {
		return c, providerAway().Because(err)
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), providerWait)
	defer cancel()
	token, err := p.oauth(found).Exchange(ctx, code.Reveal(), oauth2.VerifierOption(left.Verifier))
	if err != nil {
		return c, providerRefused().Because(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.config.ID}).Verify(ctx, raw)
	if err != nil {
		return c, providerRefused().Because(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(left.Nonce)) != 1 {
		return c, providerRefused().Because(errors.New("the ID token has another nonce"))
	}
	// A token for several parties must name us as the one that asked (§3.1.3.7, 4 and 5).
	var more struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
		Party    string `json:"azp"`
	}
	all := make(map[string]json.RawMessage)
	if err := errors.Join(id.Claims(&more), id.Claims(&all)); err != nil {
		return c, providerRefused().Because(err)
	}
	if id.Subject == "" || len(id.Audience) > 1 && more.Party == "" || more.Party != "" && more.Party != p.config.ID {
		return c, providerRefused().Because(errors.New("the ID token is for another party"))
	}
	roles := p.roles(all[p.config.RolesClaim])
	return claims{Subject: id.Subject, Email: more.Email, Verified: more.Verified, Name: more.Name, Roles: roles}, nil
}

// roles maps a claim, a text or a list of texts, to roles in their fixed order.
func (p *provider) roles(claim json.RawMessage) (roles []desk.Role) {
	var values []string
	if json.Unmarshal(claim, &values) != nil {
		var one string
		if json.Unmarshal(claim, &one) == nil {
			values = []string{one}
		}
	}
	for _, r := range desk.AllRoles() {
		if slices.ContainsFunc(values, func(v string) bool { return p.config.Roles[v] == r }) {
			roles = append(roles, r)
		}
	}
	return roles
}

// account finds the account of a person, by issuer and subject and nothing
// else. With a mapping of roles the provider also says who may come: unknown
// people get an account, and roles follow the provider at each sign-in.
func (p *provider) account(tx *store.Tx, said claims) (string, []record.Event, error) {
	governs := len(p.config.Roles) > 0
	if governs && len(said.Roles) == 0 {
		return "", nil, problem.New(http.StatusForbidden, "provider_no_role",
			"The single sign-on gives you no role here. Ask an administrator.")
	}
	tn, err := tx.ProviderAccount(p.config.Issuer, said.Subject)
	switch {
	case err == nil && tn.Disabled():
		return "", nil, problem.New(http.StatusForbidden, "account_disabled", "Your account is closed. Ask an administrator.")
	case err == nil && governs:
		events, err := ChangeRoles(tx, tn, said.Roles, record.Actor{Kind: record.Broker})
		return tn.ID, events, err
	case err == nil:
		return tn.ID, nil, nil
	case !errors.Is(err, store.ErrNotFound):
		return "", nil, err
	case !governs:
		return "", nil, problem.New(http.StatusForbidden, "provider_unknown",
			"No account here is linked to your single sign-on. Sign in another way, and link it on your account's page.")
	}
	return p.newAccount(tx, said)
}

// newAccount makes an account for somebody new. It never takes over one that
// has the same address: an address is no proof of who it was given to.
func (p *provider) newAccount(tx *store.Tx, said claims) (string, []record.Event, error) {
	if !said.Verified {
		return "", nil, problem.New(http.StatusForbidden, "provider_email",
			"The single sign-on has no confirmed e-mail address of yours. Ask an administrator.")
	}
	tn, events, err := AddTechnician(tx, said.Email, said.Name, said.Roles, record.Actor{Kind: record.Broker})
	var rule *desk.Problem
	var taken *problem.Problem
	if errors.As(err, &rule) {
		return "", nil, providerRefused().Because(err)
	}
	if errors.As(err, &taken) {
		return "", nil, problem.New(http.StatusForbidden, "provider_taken",
			"There is an account with your address already. Sign in another way, and link it on your account's page.")
	}
	if err != nil {
		return "", nil, err
	}
	if err := tx.LinkProvider(p.config.Issuer, said.Subject, tn.ID); err != nil {
		return "", nil, err
	}
	events = append(events, record.New(record.ProviderLinked{Issuer: p.config.Issuer}, record.ByBroker, Actor(tn)))
	return tn.ID, events, nil
}

// link links the caller's account to who they are at the provider. It is theirs
// alone to begin and to end.
func (d *Desk) link(
	ctx context.Context, who *Identity, technician string, said claims,
) (tn store.Technician, _ secret.Text, err error) {
	if who == nil || who.ID != technician {
		return tn, secret.Text{}, ceremonyOver()
	}
	err = d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		issuer := d.provider.config.Issuer
		err := tx.LinkProvider(issuer, said.Subject, who.ID)
		if errors.Is(err, store.ErrTaken) {
			return nil, problem.New(http.StatusConflict, "provider_linked",
				"This account, or this person at the single sign-on, is linked already.")
		}
		return []record.Event{record.New(record.ProviderLinked{Issuer: issuer}, record.ByBroker, Actor(who.Technician))}, err
	})
	return who.Technician, secret.Text{}, err
}

// ProviderLinked reports whether the caller's account is linked.
func (d *Desk) ProviderLinked(ctx context.Context, who Identity) (linked bool, err error) {
	if d.provider == nil {
		return false, nil
	}
	err = d.store.View(ctx, func(v *store.View) error {
		linked, err = v.ProviderLinked(d.provider.config.Issuer, who.ID)
		return err
	})
	return linked, err
}

// Unlink ends the link of the caller's account to the provider.
func (d *Desk) Unlink(ctx context.Context, who Identity) error {
	if d.provider == nil {
		return store.ErrNotFound
	}
	issuer := d.provider.config.Issuer
	return d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		there, err := tx.UnlinkProvider(issuer, who.ID)
		return one(there, err, record.ProviderUnlinked{Issuer: issuer}, who)
	})
}
