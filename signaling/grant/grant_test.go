package grant_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"beside/signaling/grant"
)

func TestGrantIsTheClientsAlone(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	pub := key.Public().(ed25519.PublicKey)
	g := grant.Grant{
		Session: "s1", Generation: 3, Viewer: bytes.Repeat([]byte{9}, 32), Technician: "Ada",
		Scopes: grant.SetOf(grant.View), Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	signed, err := g.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := signed.Open(pub)
	if err != nil || got.Session != g.Session || got.Generation != 3 || got.Scopes != g.Scopes || !got.Time.Equal(g.Time) || !bytes.Equal(got.Viewer, g.Viewer) {
		t.Errorf("opened %+v, %v", got, err)
	}
	wider := signed
	wider.Body = bytes.Replace(signed.Body, []byte(`"view"`), []byte(`"view control"`), 1)
	other := signed
	other.Signature = ed25519.Sign(key, signed.Body) // without the label that says what it is
	for name, tc := range map[string]struct {
		s   grant.Signed
		key ed25519.PublicKey
	}{
		"widened":               {wider, pub},
		"signature of the body": {other, pub},
		"another key":           {signed, brokerPublic()},
		"no key":                {signed, nil},
		"no signature":          {grant.Signed{Body: signed.Body}, pub},
		"nothing":               {grant.Signed{}, pub},
	} {
		if got, err := tc.s.Open(tc.key); !errors.Is(err, grant.ErrGrant) || !got.Scopes.Empty() {
			t.Errorf("%s: %+v, %v; want ErrGrant", name, got, err)
		}
	}
	unknown := grant.Signed{Body: []byte(`{"session":"s1","scopes":"view","root":true}`)}
	unknown.Signature = ed25519.Sign(key, append([]byte("beside/grant/v1\x00"), unknown.Body...))
	if got, err := unknown.Open(pub); err == nil {
		t.Errorf("a grant with unknown members: %+v", got)
	}
}

// TestStatementsDiffer: no signature over one statement is one over another.
func TestStatementsDiffer(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.FixedZone("", 3600))
	pub := brokerPublic()
	all := map[string][]byte{
		"redeem":             grant.RedeemStatement([32]byte{1}, pub),
		"redeem, other join": grant.RedeemStatement([32]byte{2}, pub),
		"token, client":      grant.TokenStatement(grant.Client, "s", at),
		"token, viewer":      grant.TokenStatement(grant.Viewer, "s", at),
		"token, other time":  grant.TokenStatement(grant.Client, "s", at.Add(time.Second)),
		"token, session":     grant.TokenStatement(grant.Client, "s2", at),
		"possession":         grant.PopStatement(make([]byte, 32), "a", "host"),
		"possession, token":  grant.PopStatement(make([]byte, 32), "b", "host"),
		"possession, host":   grant.PopStatement(make([]byte, 32), "a", "host:1"),
		"possession, nonce":  grant.PopStatement(bytes.Repeat([]byte{1}, 32), "a", "host"),
	}
	seen := map[string]string{}
	for name, s := range all {
		if before, twice := seen[string(s)]; twice {
			t.Errorf("%s and %s are the same", name, before)
		}
		seen[string(s)] = name
	}
	if got, want := string(all["token, client"]), "beside/token/v1\x00client\x00s\x002026-01-02T02:04:05Z"; got != want {
		t.Errorf("token statement %q, want %q", got, want)
	}
}
