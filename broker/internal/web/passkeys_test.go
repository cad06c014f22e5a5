package web_test

import (
	"net/http"
	"strings"
	"testing"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/record"
)

func TestPasskeyFromLinkToRemoved(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	key := newAuthenticator(h)
	added := who.addPasskey(key)
	if len(added.RecoveryCodes) != 10 {
		t.Errorf("the first passkey brought %d recovery codes, want 10", len(added.RecoveryCodes))
	}
	if again := who.addPasskey(newAuthenticator(h)); len(again.RecoveryCodes) != 0 {
		t.Error("the second passkey brought recovery codes too: the first ones would be dead")
	}
	stranger := h.stranger()
	if res := stranger.enterBy(key); res.status != http.StatusOK || len(res.cookies) != 1 {
		t.Fatalf("sign in by the passkey = %d %s", res.status, res.body)
	}
	path := "/api/v1/me/passkeys/" + added.Passkey.ID
	who.want(http.StatusNoContent, "PATCH", path, map[string]string{"name": "Laptop"}, nil)
	var mine web.Passkeys
	who.want(http.StatusOK, "GET", "/api/v1/me/passkeys", nil, &mine)
	if len(mine.Passkeys) != 2 || mine.Passkeys[0].Name != "Laptop" || mine.Passkeys[0].UsedAt == nil || mine.RecoveryCodes != 10 {
		t.Errorf("own passkeys = %+v", mine)
	}
	other := h.signIn("bob@example.org", desk.Technician)
	other.want(http.StatusNotFound, "DELETE", path, nil, nil)
	who.want(http.StatusNoContent, "DELETE", path, nil, nil)
	if res := stranger.enterBy(key); res.code() != "passkey_refused" {
		t.Errorf("sign in by a removed passkey = %d %s", res.status, res.body)
	}
	events := h.dump()
	for _, kind := range []string{"passkey.added", "passkey.renamed", "passkey.removed", "recovery.codes_made", "signin.refused"} {
		if !strings.Contains(events, "audit_event.kind="+kind) {
			t.Errorf("no event %s", kind)
		}
	}
}

// What an authenticator, a page or a thief may get wrong, and each is refused.
func TestPasskeyAttacks(t *testing.T) {
	for name, attack := range map[string]func(*authenticator){
		"counter goes back":  func(a *authenticator) { a.counter -= 2 },
		"counter stands":     func(a *authenticator) { a.counter-- },
		"another site":       func(a *authenticator) { a.origin = "https://evil.example" },
		"another port":       func(a *authenticator) { a.origin = "http://localhost:1" },
		"another name":       func(a *authenticator) { a.rpID = "evil.example" },
		"nobody was there":   func(a *authenticator) { a.flags = 0 },
		"nobody was checked": func(a *authenticator) { a.flags = userPresent },
		"another key": func(a *authenticator) {
			a.key = newAuthenticator(&harness{t: a.t, deps: web.Deps{URL: mustURL(a.origin)}}).key
		},
		"another account": func(a *authenticator) { a.handle = []byte(store.NewID()) },
		"unknown passkey": func(a *authenticator) { a.id = []byte("0123456789abcdef") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			key := newAuthenticator(h)
			h.signIn("ada@example.org", desk.Technician).addPasskey(key)
			b := h.stranger()
			if res := b.enterBy(key); res.status != http.StatusOK {
				t.Fatalf("before the attack = %d %s", res.status, res.body)
			}
			attack(key)
			if res := b.enterBy(key); res.status != http.StatusUnauthorized || res.code() != "passkey_refused" || len(res.cookies) != 0 {
				t.Errorf("= %d %s, want 401 passkey_refused", res.status, res.body)
			}
		})
	}
}

func TestCeremonyIsGoodOnce(t *testing.T) {
	h := newHarness(t)
	key := newAuthenticator(h)
	ada := h.signIn("ada@example.org", desk.Technician)
	ada.addPasskey(key)
	var c web.Ceremony
	b := h.stranger()
	b.want(http.StatusOK, "POST", "/api/v1/sign-in/passkey/begin", nil, &c)
	answer := map[string]any{"ceremony": c.Ceremony, "response": key.get(c)}
	// It is for signing in, not for proving, and another account's is nobody's business.
	if res := ada.do("POST", "/api/v1/me/proof", answer, nil); res.code() != "ceremony_over" {
		t.Errorf("a sign-in used as a proof = %d %s", res.status, res.body)
	}
	b.want(http.StatusOK, "POST", "/api/v1/sign-in/passkey/begin", nil, &c)
	answer = map[string]any{"ceremony": c.Ceremony, "response": key.get(c)}
	b.want(http.StatusOK, "POST", "/api/v1/sign-in/passkey", answer, nil)
	if res := b.do("POST", "/api/v1/sign-in/passkey", answer, nil); res.code() != "ceremony_over" {
		t.Errorf("the same answer again = %d %s", res.status, res.body)
	}
	b.want(http.StatusOK, "POST", "/api/v1/sign-in/passkey/begin", nil, &c)
	h.sql(`UPDATE ceremony SET expires_at = 1`)
	answer = map[string]any{"ceremony": c.Ceremony, "response": key.get(c)}
	if res := b.do("POST", "/api/v1/sign-in/passkey", answer, nil); res.code() != "ceremony_over" {
		t.Errorf("after its time = %d %s", res.status, res.body)
	}
	bob := h.signIn("bob@example.org", desk.Technician)
	bob.want(http.StatusOK, "POST", "/api/v1/me/proof/begin", nil, &c)
	if res := ada.do("POST", "/api/v1/me/proof", map[string]any{"ceremony": c.Ceremony, "response": key.get(c)}, nil); res.code() != "ceremony_over" {
		t.Errorf("another's ceremony = %d %s", res.status, res.body)
	}
	if res := bob.prove(key); res.code() != "passkey_refused" {
		t.Errorf("another's passkey as a proof = %d %s", res.status, res.body)
	}
}

func TestRecoveryCodes(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.Technician)
	who := h.enter(ada)
	codes := who.addPasskey(newAuthenticator(h)).RecoveryCodes
	try := func(email, code string) reply {
		return h.stranger().do("POST", "/api/v1/sign-in/recovery", map[string]string{"email": email, "code": code}, nil)
	}
	// However it is written down.
	if res := try("Ada@Example.org", " "+strings.ToLower(strings.ReplaceAll(codes[0], "-", " "))); res.status != http.StatusOK || len(res.cookies) != 1 {
		t.Errorf("a code = %d %s", res.status, res.body)
	}
	if res := try("ada@example.org", codes[0]); res.code() != "recovery_refused" {
		t.Errorf("the code again = %d %s", res.status, res.body)
	}
	if strings.Contains(h.dump(), codes[1]) || strings.Contains(h.log.String(), codes[0]) {
		t.Error("a recovery code can be read in the database or the log")
	}
	var made web.RecoveryCodes
	who.want(http.StatusCreated, "POST", "/api/v1/me/recovery-codes", nil, &made)
	if res := try("ada@example.org", codes[1]); res.code() != "recovery_refused" {
		t.Errorf("a replaced code = %d %s", res.status, res.body)
	}
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		return auth.Disable(tx, ada, record.Actor{Kind: record.Operator})
	}))
	if res := try("ada@example.org", made.Codes[0]); res.code() != "recovery_refused" {
		t.Errorf("a code of a closed account = %d %s", res.status, res.body)
	}
}

// Nobody learns from the answers whether there is an account, nor from when
// they are asked to wait.
func TestUnknownAccountsLookLikeOthers(t *testing.T) {
	h := newHarness(t)
	h.signIn("ada@example.org", desk.Technician).addPasskey(newAuthenticator(h))
	answers := make(map[string][]string)
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		for range 7 {
			res := h.stranger().do("POST", "/api/v1/sign-in/recovery", map[string]string{"email": email, "code": "0000-0000-0000-0000"}, nil)
			answers[email] = append(answers[email], res.code())
			if res.status == http.StatusTooManyRequests && res.header.Get("Retry-After") != "12" {
				t.Errorf("Retry-After = %q, want 12: five a minute", res.header.Get("Retry-After"))
			}
		}
	}
	known, unknown := strings.Join(answers["ada@example.org"], " "), strings.Join(answers["nobody@example.org"], " ")
	if known != unknown || !strings.HasSuffix(known, "recovery_refused too_many too_many") {
		t.Errorf("answers for an account: %s\nfor none:              %s", known, unknown)
	}
}

func TestProofIsRecent(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	key := newAuthenticator(h)
	who.addPasskey(key)
	h.sql(`UPDATE cookie_session SET proved_at = proved_at - 600000, strong_at = strong_at - 600000`)
	if res := who.do("POST", "/api/v1/me/passkeys/begin", nil, nil); res.status != http.StatusForbidden || res.code() != "proof_needed" {
		t.Errorf("ten minutes later = %d %s, want 403 proof_needed", res.status, res.body)
	}
	who.want(http.StatusOK, "GET", "/api/v1/me/passkeys", nil, nil)
	if res := who.prove(key); res.status != http.StatusNoContent {
		t.Fatalf("prove = %d %s", res.status, res.body)
	}
	who.want(http.StatusOK, "POST", "/api/v1/me/passkeys/begin", nil, nil)
	if !strings.Contains(h.dump(), "audit_event.kind=signin.proved") {
		t.Error("no event says that it was proved")
	}
}

func TestDevices(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.Technician)
	here, there, third := h.enter(ada), h.enter(ada), h.enter(ada)
	other := h.signIn("bob@example.org", desk.Technician)
	list := func() (devices []web.Device) {
		var out struct{ Devices []web.Device }
		here.want(http.StatusOK, "GET", "/api/v1/me/devices", nil, &out)
		return out.Devices
	}
	all := list()
	own := 0
	for _, d := range all {
		if d.Here {
			own++
		}
		if d.From != "127.0.0.0/24" || d.Name == "" {
			t.Errorf("device = %+v", d)
		}
	}
	if len(all) != 3 || own != 1 {
		t.Fatalf("devices = %+v, want three, one of them here", all)
	}
	var theirs struct{ Devices []web.Device }
	there.want(http.StatusOK, "GET", "/api/v1/me/devices", nil, &theirs)
	for _, d := range theirs.Devices {
		if d.Here {
			other.want(http.StatusNotFound, "DELETE", "/api/v1/me/devices/"+d.ID, nil, nil)
			here.want(http.StatusNoContent, "DELETE", "/api/v1/me/devices/"+d.ID, nil, nil)
		}
	}
	there.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
	here.want(http.StatusNoContent, "POST", "/api/v1/me/devices/sign-out", nil, nil)
	third.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
	other.want(http.StatusOK, "GET", "/api/v1/me", nil, nil)
	if left := list(); len(left) != 1 || !left[0].Here {
		t.Errorf("left = %+v, want the one that asked", left)
	}
}

func TestNoPasskeysAtABareAddress(t *testing.T) {
	h := newHarness(t)
	desk, err := auth.New(auth.Config{Store: h.store, Journal: h.journal, Organisation: "Org", URL: mustURL("https://192.0.2.1:8443")})
	if err != nil || desk.HasPasskeys() {
		t.Fatalf("passkeys at a bare address: %v, %v", desk.HasPasskeys(), err)
	}
	if _, err := desk.BeginSignIn(t.Context(), auth.Remote{}); err == nil || !strings.Contains(err.Error(), "passkeys_unavailable") {
		t.Errorf("BeginSignIn: %v", err)
	}
}
