package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/secret"
	"beside/broker/internal/web"
	"beside/internal/idp"
)

var (
	kim = idp.Person{Subject: "1", Name: "Kim Aalto", Email: "kim@example.org", Verified: true, Groups: []string{"helpdesk", "tea"}}
	ada = idp.Person{Subject: "2", Name: "Ada", Email: "ada@example.org", Verified: true, Groups: []string{"helpdesk"}}
)

// withProvider is a harness with a single sign-on, which speaks over HTTP.
func withProvider(t *testing.T, governs bool) (*harness, *idp.Provider) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	c := &auth.ProviderConfig{Issuer: issuer, ID: "beside", Secret: secret.New("idp-canary-secret"), Name: "Example SSO", RolesClaim: "groups"}
	if governs {
		c.Roles = map[string]desk.Role{"helpdesk": desk.Technician, "security": desk.Auditor}
	}
	h := newHarnessWith(t, func(d *auth.Config) { d.Provider = c })
	provider, err := idp.New(idp.Config{
		Issuer: issuer, ClientID: "beside", ClientSecret: "idp-canary-secret", Redirect: h.deps.URL.JoinPath(auth.ProviderPath).String(),
		People: []idp.Person{kim, ada},
	})
	h.must(err)
	server.Config.Handler = provider
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	return h, provider
}

// back is what the provider puts in the address of our page.
type back struct {
	query  url.Values
	cookie string
}

// visit goes to the provider and is somebody there.
func (b *browser) visit(begin string, as idp.Person) back {
	b.h.t.Helper()
	var to web.Departure
	res := b.do("POST", "/api/v1"+begin, nil, nil)
	if res.status != http.StatusOK || len(res.cookies) != 1 || !res.cookies[0].HttpOnly || res.cookies[0].SameSite != http.SameSiteStrictMode {
		b.h.t.Fatalf("%s = %d %s %+v", begin, res.status, res.body, res.cookies)
	}
	b.h.decode(res.body, &to)
	at := mustURL(to.URL)
	q := at.Query()
	q.Set("as", as.Subject)
	at.RawQuery = q.Encode()
	client := &http.Client{Timeout: testDeadline, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	there, err := client.Get(at.String())
	b.h.must(err)
	there.Body.Close()
	returned, err := there.Location()
	b.h.must(err)
	return back{returned.Query(), res.cookies[0].Name + "=" + res.cookies[0].Value}
}

// arrive brings back what the provider said.
func (b *browser) arrive(from back) reply {
	b.h.t.Helper()
	body := map[string]string{"state": from.query.Get("state"), "code": from.query.Get("code"), "iss": from.query.Get("iss")}
	return b.do("POST", "/api/v1/sign-in/provider", body, map[string]string{"Cookie": strings.Trim(b.cookie+"; "+from.cookie, "; ")})
}

func (h *harness) enterByProvider(as idp.Person) reply {
	h.t.Helper()
	b := h.stranger()
	return b.arrive(b.visit("/sign-in/provider/begin", as))
}

func TestProviderThatGoverns(t *testing.T) {
	h, provider := withProvider(t, true)
	res := h.enterByProvider(kim)
	var me web.Me
	h.decode(res.body, &me)
	if res.status != http.StatusOK || me.Email != kim.Email || me.Name != kim.Name || len(me.Roles) != 1 || me.Roles[0] != desk.Technician {
		t.Fatalf("somebody new = %d %s", res.status, res.body)
	}
	// Their roles follow, whatever their address is now.
	provider.People[0].Groups, provider.People[0].Email = []string{"security"}, "kim.a@example.org"
	var again web.Me
	h.decode(h.enterByProvider(kim).body, &again)
	if again.ID != me.ID || len(again.Roles) != 1 || again.Roles[0] != desk.Auditor {
		t.Errorf("with another group = %+v", again)
	}
	provider.People[0].Groups = nil
	if res := h.enterByProvider(kim); res.code() != "provider_no_role" {
		t.Errorf("without a group = %d %s", res.status, res.body)
	}
	provider.People[1].Verified = false
	if res := h.enterByProvider(ada); res.code() != "provider_email" {
		t.Errorf("an address that nobody confirmed = %d %s", res.status, res.body)
	}
	provider.People[1].Verified = true
	h.account(ada.Email, desk.Administrator)
	if res := h.enterByProvider(ada); res.code() != "provider_taken" {
		t.Errorf("the address of another account = %d %s: it must not be taken over", res.status, res.body)
	}
	if events := h.dump(); !strings.Contains(events, "audit_event.kind=provider.linked") || !strings.Contains(events, "technician.roles_changed") {
		t.Error("no event says that the account was linked and its roles changed")
	}
	if strings.Contains(h.log.String()+h.dump(), "idp-canary-secret") {
		t.Error("the secret can be read in the log or the database")
	}
}

func TestProviderThatOnlySaysWho(t *testing.T) {
	h, _ := withProvider(t, false)
	if res := h.enterByProvider(kim); res.code() != "provider_unknown" {
		t.Errorf("somebody without an account = %d %s", res.status, res.body)
	}
	who := h.signIn(kim.Email, desk.Technician) // the same address alone links nothing
	if res := h.enterByProvider(kim); res.code() != "provider_unknown" {
		t.Errorf("the same address = %d %s", res.status, res.body)
	}
	if res := who.arrive(who.visit("/me/provider/begin", kim)); res.status != http.StatusOK || len(res.cookies) != 0 {
		t.Fatalf("link = %d %s %+v", res.status, res.body, res.cookies)
	}
	var mine web.Provider
	who.want(http.StatusOK, "GET", "/api/v1/me/provider", nil, &mine)
	if !mine.Linked || mine.Name != "Example SSO" {
		t.Errorf("own link = %+v", mine)
	}
	res := h.enterByProvider(kim)
	if res.status != http.StatusOK || len(res.cookies) != 1 {
		t.Fatalf("linked = %d %s", res.status, res.body)
	}
	// A sign-in there is no use of a passkey here.
	other := h.signIn("bob@example.org", desk.Technician)
	if res := other.arrive(other.visit("/me/provider/begin", kim)); res.code() != "provider_linked" {
		t.Errorf("a person who is another account's = %d %s", res.status, res.body)
	}
	if res := who.arrive(who.visit("/me/provider/begin", ada)); res.code() != "provider_linked" {
		t.Errorf("a second person for one account = %d %s", res.status, res.body)
	}
	// Somebody's link that another browser finishes is nobody's.
	begun := who.visit("/me/provider/begin", ada)
	if res := other.arrive(begun); res.code() != "ceremony_over" {
		t.Errorf("a link that another account finishes = %d %s", res.status, res.body)
	}
	who.want(http.StatusNoContent, "DELETE", "/api/v1/me/provider", nil, nil)
	if res := h.enterByProvider(kim); res.code() != "provider_unknown" {
		t.Errorf("unlinked = %d %s", res.status, res.body)
	}
}

func TestProviderMayNotLie(t *testing.T) {
	set := func(name string, value any) func(map[string]any, *jose.SigningKey) {
		return func(claims map[string]any, _ *jose.SigningKey) { claims[name] = value }
	}
	for name, lie := range map[string]func(map[string]any, *jose.SigningKey){
		"another nonce":  set("nonce", "of another sign-in"),
		"no nonce":       set("nonce", ""),
		"another issuer": set("iss", "https://evil.example"),
		"another client": set("aud", "somebody-else"),
		"another party":  set("azp", "somebody-else"),
		"many parties":   set("aud", []string{"beside", "somebody-else"}),
		"too old":        set("exp", time.Now().Add(-time.Minute).Unix()),
		"nobody":         set("sub", ""),
		"another key": func(_ map[string]any, key *jose.SigningKey) {
			other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			key.Key = jose.JSONWebKey{Key: other, KeyID: "1"}
		},
		"our own secret as the key": func(_ map[string]any, key *jose.SigningKey) {
			*key = jose.SigningKey{Algorithm: jose.HS256, Key: []byte("idp-canary-secret-of-32-bytes-000")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, provider := withProvider(t, true)
			if res := h.enterByProvider(kim); res.status != http.StatusOK {
				t.Fatalf("before the lie = %d %s", res.status, res.body)
			}
			provider.Lie = lie
			if res := h.enterByProvider(kim); res.status != http.StatusUnauthorized || res.code() != "provider_refused" || len(res.cookies) != 0 {
				t.Errorf("= %d %s, want 401 provider_refused", res.status, res.body)
			}
		})
	}
}

func TestReturnFromProviderIsOnesOwn(t *testing.T) {
	h, provider := withProvider(t, true)
	for name, tc := range map[string]struct {
		attack func(*back)
		want   string
	}{
		"another browser":  {func(b *back) { b.cookie = "" }, "ceremony_over"},
		"another's cookie": {func(b *back) { b.cookie = h.stranger().visit("/sign-in/provider/begin", kim).cookie }, "ceremony_over"},
		"another's state":  {func(b *back) { b.query.Set("state", "x") }, "ceremony_over"},
		"another's code": {func(b *back) {
			b.query.Set("code", h.stranger().visit("/sign-in/provider/begin", ada).query.Get("code"))
		}, "provider_refused"},
		"another provider":  {func(b *back) { b.query.Set("iss", "https://evil.example") }, "provider_refused"},
		"after its time":    {func(*back) { h.sql(`UPDATE ceremony SET expires_at = 1`) }, "ceremony_over"},
		"a made up code":    {func(b *back) { b.query.Set("code", "x") }, "provider_refused"},
		"the client is bad": {func(*back) { provider.ClientSecret = "changed" }, "provider_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func(was string) { provider.ClientSecret = was }(provider.ClientSecret)
			b := h.stranger()
			from := b.visit("/sign-in/provider/begin", kim)
			tc.attack(&from)
			if res := b.arrive(from); res.code() != tc.want || len(res.cookies) != 0 {
				t.Errorf("= %d %s, want %s", res.status, res.body, tc.want)
			}
		})
	}
	b := h.stranger()
	from := b.visit("/sign-in/provider/begin", kim)
	if first, second := b.arrive(from), b.arrive(from); first.status != http.StatusOK || second.code() != "ceremony_over" {
		t.Errorf("the same twice = %d, %d %s", first.status, second.status, second.body)
	}
}

func TestNoProvider(t *testing.T) {
	h := newHarness(t)
	h.stranger().want(http.StatusNotFound, "POST", "/api/v1/sign-in/provider/begin", nil, nil)
	away := newHarnessWith(t, func(c *auth.Config) {
		c.Provider = &auth.ProviderConfig{Issuer: "http://127.0.0.1:1", ID: "x", Name: "Gone"}
	})
	if res := away.stranger().do("POST", "/api/v1/sign-in/provider/begin", nil, nil); res.status != http.StatusBadGateway || res.code() != "provider_away" {
		t.Errorf("a provider that is away = %d %s", res.status, res.body)
	}
}
