package web_test

import (
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/signaling/auditors"
)

const (
	adaKey      = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	recoveryKey = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
	sealed      = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"
)

func TestAuditorsArePublished(t *testing.T) {
	h := newHarness(t)
	auditor := h.signIn("a@example.org", desk.Auditor)
	auditor.addPasskey(newAuthenticator(h))
	_, root, _ := ed25519.GenerateKey(nil)
	_, other, _ := ed25519.GenerateKey(nil)
	list := func(key ed25519.PrivateKey, number uint64, organisation string) string {
		l, err := auditors.Sign(key, auditors.Body{
			Organisation: organisation, Number: number, Time: time.Now(),
			Recipients: []auditors.Recipient{{Name: "Ada", Key: adaKey}, {Name: "Recovery", Key: recoveryKey}},
		})
		h.must(err)
		raw, err := l.Marshal()
		h.must(err)
		return string(raw)
	}
	publish := func(list string, identities ...map[string]string) reply {
		return auditor.do("PUT", "/api/v1/auditors", map[string]any{"list": list, "identities": identities}, nil)
	}
	identity := map[string]string{"recipient": adaKey, "sealed": sealed}

	if res := publish(list(root, 1, "Test Desk"), map[string]string{"recipient": recoveryKey, "sealed": "AGE-SECRET-KEY-1"}); res.code() != "identity_refused" {
		t.Errorf("an identity in the open = %d %s", res.status, res.body)
	}
	if res := publish(list(root, 1, "Test Desk"), identity); res.status != http.StatusOK || !strings.Contains(string(res.body), auditors.Fingerprint(root.Public().(ed25519.PublicKey))) {
		t.Fatalf("the first list = %d %s", res.status, res.body)
	}
	for name, refused := range map[string]struct{ list, code string }{
		"again":                 {list(root, 1, "Test Desk"), "list_behind"},
		"of another key":        {list(other, 2, "Test Desk"), "root_differs"},
		"of another desk":       {list(root, 2, "Other Desk"), "list_refused"},
		"no list":               {"{}", "list_refused"},
		"with a flipped number": {strings.Replace(list(root, 2, "Test Desk"), `"signature":"`, `"signature":"A`, 1), "list_refused"},
	} {
		if res := publish(refused.list); res.code() != refused.code {
			t.Errorf("%s = %d %s, want %s", name, res.status, res.body, refused.code)
		}
	}
	res := publish(list(root, 2, "Test Desk"))
	if res.status != http.StatusOK || !strings.Contains(string(res.body), "BEGIN AGE") {
		t.Errorf("the second list = %d %s, want the identities that were kept", res.status, res.body)
	}
	const passkey = "AGE-PLUGIN-FIDO2PRF-1QQPQ"
	keep := func(recipient, passkey, sealed string) reply {
		return auditor.do("POST", "/api/v1/auditors/passkeys",
			map[string]any{"recipient": recipient, "passkey": passkey, "name": "Ada's laptop", "sealed": sealed}, nil)
	}
	for name, res := range map[string]reply{
		"another's key": keep("age1nobody", passkey, sealed), "in the open": keep(adaKey, passkey, "AGE-SECRET-KEY-1"), "no passkey": keep(adaKey, "secret", sealed),
	} {
		if res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d %s", name, res.status, res.body)
		}
	}
	for i := range 17 {
		res := keep(adaKey, passkey+strings.Repeat("A", i), sealed)
		if want := map[bool]int{true: http.StatusNoContent, false: http.StatusConflict}[i < 16]; res.status != want {
			t.Errorf("passkey %d = %d %s, want %d", i+1, res.status, res.body, want)
		}
	}
	for range 2 { // the second is nothing
		auditor.want(http.StatusNoContent, "POST", "/api/v1/auditors/passkeys/forget", map[string]string{"recipient": adaKey, "passkey": passkey}, nil)
	}
	var kept struct {
		Passkeys []struct{ Recipient, Passkey, Sealed string }
	}
	auditor.want(http.StatusOK, "GET", "/api/v1/auditors", nil, &kept)
	if len(kept.Passkeys) != 15 || kept.Passkeys[0].Sealed != sealed || kept.Passkeys[0].Recipient != adaKey {
		t.Errorf("kept %+v", kept)
	}
	if n := strings.Count(h.dump(), "audit_event.kind=auditors.passkey_"); n != 17 {
		t.Errorf("%d events of passkeys, want 17", n)
	}
	if n := strings.Count(h.dump(), "audit_event.kind=auditors.published"); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}
