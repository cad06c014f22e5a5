package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"beside/broker/internal/web"
)

// authenticator is a security key as WebAuthn describes it, with one passkey:
// what a browser and its key do together, honestly unless told otherwise.
type authenticator struct {
	t       testing.TB
	origin  string
	rpID    string
	key     *ecdsa.PrivateKey
	id      []byte
	handle  []byte // whose it is
	counter uint32
	flags   byte
}

// Flags of authenticator data (WebAuthn §6.1).
const (
	userPresent  = 0x01
	userVerified = 0x04
	attested     = 0x40
)

func newAuthenticator(h *harness) *authenticator {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	h.must(err)
	a := &authenticator{t: h.t, origin: h.deps.URL.String(), rpID: h.deps.URL.Hostname(), key: key, id: make([]byte, 32), flags: userPresent | userVerified}
	rand.Read(a.id)
	return a
}

func (a *authenticator) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// data is the authenticator data with the next counter.
func (a *authenticator) data(flags byte, more []byte) []byte {
	a.counter++
	hash := sha256.Sum256([]byte(a.rpID))
	out := append(hash[:], a.flags|flags)
	return append(binary.BigEndian.AppendUint32(out, a.counter), more...)
}

func (a *authenticator) clientData(kind, challenge string) []byte {
	body, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	a.must(err)
	return body
}

func (a *authenticator) encode(v any) []byte {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	a.must(err)
	out, err := mode.Marshal(v)
	a.must(err)
	return out
}

// create answers navigator.credentials.create.
func (a *authenticator) create(c web.Ceremony) map[string]any {
	a.t.Helper()
	var options struct {
		Challenge string
		User      struct{ ID string }
	}
	a.must(json.Unmarshal(c.Options, &options))
	var err error
	a.handle, err = base64.RawURLEncoding.DecodeString(options.User.ID)
	a.must(err)
	public, err := a.key.PublicKey.Bytes() // 4 ‖ x ‖ y
	a.must(err)
	cose := a.encode(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]}) // RFC 9053 §7.1.1
	more := binary.BigEndian.AppendUint16(make([]byte, 16), uint16(len(a.id)))
	data := a.data(attested, append(append(more, a.id...), cose...))
	object := a.encode(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	return a.answer(map[string]any{
		"clientDataJSON": b64(a.clientData("webauthn.create", options.Challenge)), "attestationObject": b64(object),
	})
}

// get answers navigator.credentials.get.
func (a *authenticator) get(c web.Ceremony) map[string]any {
	a.t.Helper()
	var options struct{ Challenge string }
	a.must(json.Unmarshal(c.Options, &options))
	data, client := a.data(0, nil), a.clientData("webauthn.get", options.Challenge)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	a.must(err)
	return a.answer(map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.handle),
	})
}

func (a *authenticator) answer(response map[string]any) map[string]any {
	return map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}}
}

// addPasskey adds the authenticator's passkey to the browser's account.
func (b *browser) addPasskey(a *authenticator) web.AddedPasskey {
	b.h.t.Helper()
	var c web.Ceremony
	b.want(http.StatusOK, "POST", "/api/v1/me/passkeys/begin", nil, &c)
	var added web.AddedPasskey
	b.want(http.StatusCreated, "POST", "/api/v1/me/passkeys",
		map[string]any{"ceremony": c.Ceremony, "name": "Key", "response": a.create(c)}, &added)
	return added
}

// enterBy signs in by a passkey.
func (b *browser) enterBy(a *authenticator) reply {
	b.h.t.Helper()
	var c web.Ceremony
	b.want(http.StatusOK, "POST", "/api/v1/sign-in/passkey/begin", nil, &c)
	return b.do("POST", "/api/v1/sign-in/passkey", map[string]any{"ceremony": c.Ceremony, "response": a.get(c)}, nil)
}

// prove steps up.
func (b *browser) prove(a *authenticator) reply {
	b.h.t.Helper()
	var c web.Ceremony
	b.want(http.StatusOK, "POST", "/api/v1/me/proof/begin", nil, &c)
	return b.do("POST", "/api/v1/me/proof", map[string]any{"ceremony": c.Ceremony, "response": a.get(c)}, nil)
}
