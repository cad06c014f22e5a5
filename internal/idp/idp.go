// Package idp is an OpenID provider for tests: a small one, but whole, that
// speaks to the broker over HTTP as any other does (OpenID Connect Core,
// Discovery, RFC 7636, RFC 9207). It asks for no password: its page lists the
// people, and a press of a button is one of them. Told to, it lies.
package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Person is somebody who has an account at the provider.
type Person struct {
	Subject  string   `json:"sub"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Verified bool     `json:"email_verified"`
	Groups   []string `json:"groups"`
}

// Config is how a Provider is set up.
type Config struct {
	Issuer       string // its own address
	ClientID     string
	ClientSecret string
	Redirect     string
	People       []Person
	// Lie changes the claims of each ID token, or the key that signs it.
	Lie func(claims map[string]any, key *jose.SigningKey)
}

// Provider is an http.Handler.
type Provider struct {
	Config
	key   *ecdsa.PrivateKey
	mux   *http.ServeMux
	mu    sync.Mutex
	codes map[string]asked // each is good once
}

// asked is what an authorization request asked for, and who answered.
type asked struct {
	person    Person
	nonce     string
	challenge string
}

// New returns a provider with a key of its own.
func New(c Config) (*Provider, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the provider's key: %w", err)
	}
	p := &Provider{Config: c, key: key, mux: http.NewServeMux(), codes: make(map[string]asked)}
	p.mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	p.mux.HandleFunc("GET /keys", p.keys)
	p.mux.HandleFunc("GET /authorize", p.authorize)
	p.mux.HandleFunc("POST /token", p.token)
	return p, nil
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the caller went away
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token", "jwks_uri": p.Issuer + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256"}, "code_challenge_methods_supported": []string{"S256"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example Login</title>
<h1>Who are you?</h1>{{range .}}<p><a href="{{.Link}}">{{.Name}}</a></p>{{end}}</html>`))

// authorize asks who the person is (OpenID Connect Core §3.1.2).
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("redirect_uri") != p.Redirect {
		http.Error(w, "unknown client or redirect address", http.StatusBadRequest) // never sent on: it may be anybody's
		return
	}
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") == "" {
		p.back(w, r, url.Values{"error": {"invalid_request"}, "state": {q.Get("state")}})
		return
	}
	type choice struct{ Name, Link string }
	choices := []choice{}
	for _, person := range p.People {
		if q.Get("as") == person.Subject {
			p.back(w, r, url.Values{"code": {p.grant(person, q)}, "state": {q.Get("state")}, "iss": {p.Issuer}})
			return
		}
		as := r.URL.Query()
		as.Set("as", person.Subject)
		choices = append(choices, choice{person.Name, "/authorize?" + as.Encode()})
	}
	no := url.Values{"error": {"access_denied"}, "state": {q.Get("state")}}
	choices = append(choices, choice{"Nobody", p.Redirect + "?" + no.Encode()})
	page.Execute(w, choices) //nolint:errcheck // the caller went away
}

func (p *Provider) back(w http.ResponseWriter, r *http.Request, with url.Values) {
	http.Redirect(w, r, p.Redirect+"?"+with.Encode(), http.StatusFound)
}

func (p *Provider) grant(person Person, q url.Values) string {
	code := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = asked{person: person, nonce: q.Get("nonce"), challenge: q.Get("code_challenge")}
	return code
}

// token trades a code for an ID token (§3.1.3).
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if id != p.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(p.ClientSecret)) != 1 {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	a, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || r.PostFormValue("redirect_uri") != p.Redirect || base64.RawURLEncoding.EncodeToString(sum[:]) != a.challenge {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	signed, err := p.sign(a)
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": signed})
}

func (p *Provider) sign(a asked) (string, error) {
	now := time.Now()
	claims := map[string]any{
		"iss": p.Issuer, "sub": a.person.Subject, "aud": p.ClientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": a.nonce,
		"name": a.person.Name, "email": a.person.Email, "email_verified": a.person.Verified, "groups": a.person.Groups,
	}
	key := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}
	if p.Lie != nil {
		p.Lie(claims, &key)
	}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		return "", fmt.Errorf("sign ID token: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign ID token: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("sign ID token: %w", err)
	}
	return signed.CompactSerialize()
}
