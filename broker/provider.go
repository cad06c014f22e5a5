package main

import (
	"net/url"
	"strings"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/secret"
	"beside/signaling/invite"
)

// providerFlags is the single sign-on as `beside serve` is told of it.
type providerFlags struct {
	Issuer       string            `help:"Single sign-on: the OpenID provider's issuer. Its redirect address for us is <public address>/signin/provider." env:"ISSUER" placeholder:"URL"`
	ClientID     string            `help:"By which the provider knows this broker." env:"CLIENT_ID"`
	ClientSecret secret.Text       `help:"Its secret; better in the environment or the configuration file. None: a public client." env:"CLIENT_SECRET"`
	Name         string            `help:"What the button says." default:"single sign-on" env:"NAME"`
	RolesClaim   string            `help:"Claim of the ID token that --oidc-roles maps." default:"groups" env:"ROLES_CLAIM"`
	Roles        map[string]string `help:"Values of that claim and their roles, as desk=technician. Then the provider says who may come and as what; otherwise only who it is." mapsep:"," env:"ROLES" placeholder:"VALUE=ROLE,…"`
}

func (p providerFlags) validate() error {
	if p.Issuer == "" {
		if p.ClientID != "" || len(p.Roles) > 0 {
			return bad("oidc-issuer", "", "name the provider that the other --oidc flags are about")
		}
		return nil
	}
	u, err := url.Parse(p.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return bad("oidc-issuer", p.Issuer, "write it as https://login.example, exactly as the provider does")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !invite.IsLoopback(u.Hostname())) {
		return bad("oidc-issuer", p.Issuer, "use https")
	}
	if p.ClientID == "" {
		return bad("oidc-client-id", "", "name the identifier that the provider gave this broker")
	}
	if _, err := desk.Line("name", p.Name, 1, desk.MaxName); err != nil {
		return bad("oidc-name", p.Name, err.Error())
	}
	for value, role := range p.Roles {
		if _, err := desk.ParseRoles([]string{role}); err != nil {
			return bad("oidc-roles", value+"="+role, "roles are technician, auditor, administrator")
		}
	}
	return nil
}

// provider is what package auth is told; nil: there is no single sign-on.
func (p providerFlags) provider() *auth.ProviderConfig {
	if p.Issuer == "" {
		return nil
	}
	c := &auth.ProviderConfig{
		Issuer: p.Issuer, ID: p.ClientID, Secret: p.ClientSecret, Name: strings.TrimSpace(p.Name), RolesClaim: p.RolesClaim,
		Roles: make(map[string]desk.Role),
	}
	for value, role := range p.Roles {
		c.Roles[value] = desk.Role(role)
	}
	return c
}
