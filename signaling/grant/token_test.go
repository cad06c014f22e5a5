package grant_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"beside/signaling/grant"
)

const issuer = "https://help.example:8443"

// brokerKey is the same in every run, so that fuzzing can go on from its corpus.
var brokerKey = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

func brokerPublic() ed25519.PublicKey { return brokerKey.Public().(ed25519.PublicKey) }

func verifier() *grant.Verifier { return grant.NewVerifier(issuer, brokerPublic()) }

func access() grant.Token {
	now := time.Now().Truncate(time.Second)
	return grant.Token{
		Type: grant.AccessToken, Subject: "technician:ada", Session: "s1", Role: grant.Viewer, Scopes: grant.SetOf(grant.View, grant.Control),
		Holder: grant.Thumbprint(brokerPublic()), Issued: now, Expires: now.Add(grant.MaxAccessLife),
	}
}

func sign(t testing.TB, tok grant.Token) string {
	t.Helper()
	signed, _, err := grant.NewIssuer(issuer, brokerKey).Sign(tok)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestTokenRoundTrip(t *testing.T) {
	want := access()
	signed, completed, err := grant.NewIssuer(issuer, brokerKey).Sign(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := verifier().Verify(signed, grant.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	want.Issuer, want.ID = issuer, completed.ID
	if !got.Issued.Equal(want.Issued) || !got.Expires.Equal(want.Expires) {
		t.Errorf("times %v to %v, want %v to %v", got.Issued, got.Expires, want.Issued, want.Expires)
	}
	got.Issued, got.Expires = want.Issued, want.Expires
	if got != want || len(got.ID) < 20 {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if other := sign(t, want); other == signed {
		t.Error("two tokens are the same")
	}
}

func TestSignRefusesLongLives(t *testing.T) {
	for typ, life := range map[grant.TokenType]time.Duration{grant.JoinToken: grant.JoinLife, grant.AccessToken: grant.MaxAccessLife} {
		for _, l := range []time.Duration{0, -time.Second, life + time.Second} {
			tok := access()
			tok.Type, tok.Expires = typ, tok.Issued.Add(l)
			if _, _, err := grant.NewIssuer(issuer, brokerKey).Sign(tok); err == nil {
				t.Errorf("%s with a life of %v was signed", typ, l)
			}
		}
	}
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, m := range o {
		name, _ := json.Marshal(m.name)
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// with sets a member in its place, or at the end; nil takes it out.
func (o object) with(name string, value any) object {
	var out object
	found := false
	for _, m := range o {
		if m.name == name {
			m.value, found = value, true
		}
		if m.value != nil {
			out = append(out, m)
		}
	}
	if !found {
		out = append(out, member{name, value})
	}
	return out
}

// parts is a token taken apart so that tests can change it.
type parts struct{ header, claims object }

func take(t *testing.T, signed string) parts {
	t.Helper()
	p := parts{}
	for i, into := range []*object{&p.header, &p.claims} {
		raw, err := base64.RawURLEncoding.DecodeString(strings.Split(signed, ".")[i])
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		for dec.More() {
			name, err := dec.Token()
			var value json.RawMessage
			if err = errors.Join(err, dec.Decode(&value)); err != nil {
				t.Fatal(err)
			}
			*into = append(*into, member{name.(string), value})
		}
	}
	return p
}

func encodePart(t *testing.T, v any) string {
	t.Helper()
	if text, ok := v.(string); ok {
		return base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// resign signs two parts (values or ready texts) with the broker's true key.
func resign(t *testing.T, header, claims any) string {
	t.Helper()
	head := encodePart(t, header) + "." + encodePart(t, claims)
	return head + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(brokerKey, []byte(head)))
}

// TestOneClaimAtATime changes a good token in one place, signs it anew with the
// true key where that is the point, and finds it refused.
func TestOneClaimAtATime(t *testing.T) {
	now := time.Now().Unix()
	claim := func(name string, value any) func(*testing.T, parts) string {
		return func(t *testing.T, p parts) string { return resign(t, p.header, p.claims.with(name, value)) }
	}
	header := func(name string, value any) func(*testing.T, parts) string {
		return func(t *testing.T, p parts) string { return resign(t, p.header.with(name, value), p.claims) }
	}
	// What is changed and signed anew is believed when it is right.
	if _, err := verifier().Verify(claim("sid", "s2")(t, take(t, sign(t, access()))), grant.AccessToken); err != nil {
		t.Fatalf("a token made by the test itself: %v", err)
	}
	for name, change := range map[string]func(*testing.T, parts) string{
		"typ missing":            header("typ", nil),
		"typ JWT":                header("typ", "JWT"),
		"typ of another token":   header("typ", "join+jwt"),
		"typ in capitals":        header("typ", "ACCESS+JWT"),
		"alg missing":            header("alg", nil),
		"alg HS256":              header("alg", "HS256"),
		"alg RS256":              header("alg", "RS256"),
		"alg Ed25519":            header("alg", "Ed25519"),
		"kid missing":            header("kid", nil),
		"kid unknown":            header("kid", "other"),
		"kid is a path":          header("kid", "../../dev/null"),
		"kid is SQL":             header("kid", "' OR '1'='1"),
		"kid is a number":        header("kid", 1),
		"crit":                   header("crit", []string{"exp"}),
		"jku":                    header("jku", "https://evil.example/jwks.json"),
		"jwk":                    header("jwk", map[string]string{"kty": "OKP"}),
		"x5u":                    header("x5u", "https://evil.example/cert"),
		"x5c":                    header("x5c", []string{"AA"}),
		"b64":                    header("b64", false),
		"cty JWT (nested)":       header("cty", "JWT"),
		"iss missing":            claim("iss", nil),
		"iss other":              claim("iss", "https://evil.example"),
		"iss prefix":             claim("iss", "https://help.example"),
		"iss with a slash":       claim("iss", issuer+"/"),
		"aud missing":            claim("aud", nil),
		"aud other":              claim("aud", "beside:signaling"),
		"aud two":                claim("aud", []string{"beside:client", "beside:signaling"}),
		"exp missing":            claim("exp", nil),
		"exp over":               claim("exp", now-60),
		"exp too far":            claim("exp", now+3600),
		"exp is a text":          claim("exp", "tomorrow"),
		"exp beyond all numbers": claim("exp", 1e300),
		"nbf missing":            claim("nbf", nil),
		"nbf in the future":      claim("nbf", now+60),
		"iat missing":            claim("iat", nil),
		"iat in the future":      claim("iat", now+60),
		"iat long ago":           claim("iat", now-3600),
		"sub missing":            claim("sub", nil),
		"sid missing":            claim("sid", nil),
		"sid is a list":          claim("sid", []string{"s1"}),
		"role missing":           claim("role", nil),
		"role other":             claim("role", "auditor"),
		"jti missing":            claim("jti", nil),
		"cnf missing":            claim("cnf", nil),
		"cnf without jkt":        claim("cnf", map[string]string{}),
		"scope unknown":          claim("scope", "view root"),
		"scope is a list":        claim("scope", []string{"view"}),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := verifier().Verify(change(t, take(t, sign(t, access()))), grant.AccessToken); !errors.Is(err, grant.ErrToken) || got != (grant.Token{}) {
				t.Errorf("%+v, %v; want ErrToken", got, err)
			}
		})
	}
}

// TestBentTokens: what is not a token in its one canonical form is not one.
func TestBentTokens(t *testing.T) {
	good := sign(t, access())
	p := take(t, good)
	split := strings.Split(good, ".")
	kid := grant.Thumbprint(brokerPublic())
	h256 := encodePart(t, map[string]any{"alg": "HS256", "typ": "access+jwt", "kid": kid}) + "." + split[1]
	mac := hmac.New(sha256.New, brokerPublic())
	mac.Write([]byte(h256))
	text := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	last := good[len(good)-1]
	for name, token := range map[string]string{
		"empty":                       "",
		"two parts":                   split[0] + "." + split[1],
		"four parts":                  good + ".x",
		"alg none, no signature":      encodePart(t, map[string]any{"alg": "none", "typ": "access+jwt"}) + "." + split[1] + ".",
		"alg None":                    encodePart(t, map[string]any{"alg": "None", "typ": "access+jwt", "kid": kid}) + "." + split[1] + ".",
		"HS256 with the public key":   h256 + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"signature cut":               good[:len(good)-2],
		"signature of another":        split[0] + "." + split[1] + "." + strings.Split(sign(t, access()), ".")[2],
		"swapped claims":              split[0] + "." + strings.Split(sign(t, access()), ".")[1] + "." + split[2],
		"padded base64":               split[0] + "=." + split[1] + "." + split[2],
		"standard alphabet":           split[0] + "." + split[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(split[2]) + "+",
		"trailing bits":               good[:len(good)-1] + string(last+1),
		"line break":                  split[0] + "\n." + split[1] + "." + split[2],
		"space before":                " " + good,
		"Bearer":                      "Bearer " + good,
		"over 2 KiB":                  resign(t, p.header, strings.Replace(text(p.claims), `"sid":"s1"`, `"sid":"`+strings.Repeat("s", 2048)+`"`, 1)),
		"dots":                        strings.Repeat(".", 2000),
		"member twice in the header":  resign(t, `{"alg":"none","alg":"EdDSA","typ":"access+jwt","kid":"`+kid+`"}`, p.claims),
		"claim twice":                 resign(t, p.header, strings.Replace(text(p.claims), `"sid":"s1"`, `"sid":"s2","sid":"s1"`, 1)),
		"claim twice in another case": resign(t, p.header, strings.Replace(text(p.claims), `"sid":"s1"`, `"sid":"s1","SID":"s2"`, 1)),
		"further claim":               resign(t, p.header, p.claims.with("admin", true)),
		"claims in another order":     resign(t, p.header, append(p.claims[1:len(p.claims):len(p.claims)], p.claims[0])),
		"claims and something behind": resign(t, p.header, text(p.claims)+"{}"),
		"header and something behind": resign(t, text(p.header)+"{}", p.claims),
		"claims are a list":           resign(t, p.header, `[]`),
		"header in another case":      resign(t, strings.Replace(text(p.header), `"typ"`, `"TYP"`, 1), p.claims),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := verifier().Verify(token, grant.AccessToken); !errors.Is(err, grant.ErrToken) {
				t.Errorf("%+v, %v; want ErrToken", got, err)
			}
		})
	}
}

func TestVerifierBelievesItsKeysAlone(t *testing.T) {
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	good := sign(t, access())
	if _, err := grant.NewVerifier(issuer).Verify(good, grant.AccessToken); !errors.Is(err, grant.ErrToken) {
		t.Errorf("without keys: %v", err)
	}
	if _, err := grant.NewVerifier(issuer, other.Public().(ed25519.PublicKey)).Verify(good, grant.AccessToken); !errors.Is(err, grant.ErrToken) {
		t.Errorf("with another key: %v", err)
	}
	if _, err := grant.NewVerifier("https://other.example", brokerPublic()).Verify(good, grant.AccessToken); !errors.Is(err, grant.ErrToken) {
		t.Errorf("of another broker: %v", err)
	}
	if _, err := grant.NewVerifier(issuer, other.Public().(ed25519.PublicKey), brokerPublic()).Verify(good, grant.AccessToken); err != nil {
		t.Errorf("with the next key and ours: %v", err)
	}
	if _, err := verifier().Verify(good, grant.JoinToken); !errors.Is(err, grant.ErrToken) {
		t.Errorf("an access token as a join token: %v", err)
	}
}

func TestTokenDiesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := sign(t, access())
		time.Sleep(grant.MaxAccessLife - time.Second)
		if _, err := verifier().Verify(good, grant.AccessToken); err != nil {
			t.Errorf("a second before its end: %v", err)
		}
		time.Sleep(7 * time.Second) // clocks may be 5 s apart
		if _, err := verifier().Verify(good, grant.AccessToken); !errors.Is(err, grant.ErrToken) {
			t.Errorf("after its end: %v", err)
		}
	})
}

func TestKeySet(t *testing.T) {
	set := grant.NewJWKSet(brokerPublic())
	raw, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var back grant.JWKSet
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	keys, err := back.PublicKeys()
	if err != nil || len(keys) != 1 || !keys[0].Equal(brokerPublic()) {
		t.Errorf("keys %v, %v", keys, err)
	}
	for name, change := range map[string]func(*grant.JWK){
		"RSA":         func(k *grant.JWK) { k.KeyType = "RSA" },
		"P-256":       func(k *grant.JWK) { k.Curve = "P-256" },
		"short":       func(k *grant.JWK) { k.X = "AAAA" },
		"not base64":  func(k *grant.JWK) { k.X = "!" },
		"no key type": func(k *grant.JWK) { k.KeyType = "" },
	} {
		bad := grant.NewJWKSet(brokerPublic())
		change(&bad.Keys[0])
		if _, err := bad.PublicKeys(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	// RFC 8037 appendix A.3.
	raw, err = base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := grant.Thumbprint(raw), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; got != want {
		t.Errorf("thumbprint %s, want %s", got, want)
	}
}

func FuzzVerify(f *testing.F) {
	good := sign(f, access())
	f.Add(good)
	f.Add(strings.Join(strings.Split(good, ".")[:2], ".") + ".")
	f.Add("eyJhbGciOiJub25lIiwidHlwIjoiYWNjZXNzK2p3dCJ9.e30.")
	v := verifier()
	f.Fuzz(func(t *testing.T, token string) {
		got, err := v.Verify(token, grant.AccessToken)
		if err != nil {
			if !errors.Is(err, grant.ErrToken) {
				t.Errorf("error %v is not ErrToken", err)
			}
			return
		}
		// Only what was signed can pass: nobody but the key's holder makes one.
		split := strings.Split(token, ".")
		sig, err := base64.RawURLEncoding.Strict().DecodeString(split[2])
		if err != nil || !ed25519.Verify(brokerPublic(), []byte(split[0]+"."+split[1]), sig) || got.Issuer != issuer {
			t.Errorf("believed %q", token)
		}
	})
}
