// Package invite holds the one-time link between requester and technician: its
// secret, what both ends derive from it, and the binding that ties a
// PeerConnection to it (message 0).
//
// A link is https://broker/j/<id>#<s><k>. The fragment never reaches a server.
// s is 100 random bits that the broker does not know; k is the first 100 bits
// of SHA-256 over the public half of the viewer's invite key, so that a reader
// of the link cannot play technician. The package does no I/O.
package invite

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"strings"
)

const (
	// partChars is the length of s and of k: 100 bits, five to a character.
	partChars = 20
	// CodeChars is the length of the fragment, s followed by k.
	CodeChars = 2 * partChars

	// alphabet is Crockford's base32 in canonical upper case.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	salt     = "beside/v1"
)

// ErrCode reports a text that holds no invitation code.
var ErrCode = errors.New("no invitation code: expected 40 letters and digits")

// Secret is s. It prints and logs as [secret].
type Secret struct{ chars string }

// NewSecret makes 100 random bits.
func NewSecret() Secret {
	var raw [partChars]byte
	rand.Read(raw[:]) // never fails (crypto/rand)
	for i, b := range raw {
		raw[i] = alphabet[b&31]
	}
	return Secret{string(raw[:])}
}

// Join is what the client shows the broker to redeem the invitation, once.
func (s Secret) Join() [32]byte { return s.derive("join") }

// Bind is the key by which the client proves to the viewer that it holds s. The
// broker, which has only hashes of Join and Page, cannot compute it.
func (s Secret) Bind() [32]byte { return s.derive("bind") }

// Page lets the landing page read its own stage and summary.
func (s Secret) Page() [32]byte { return s.derive("page") }

// derive is HKDF-SHA256 (RFC 5869) over the canonical characters of s.
func (s Secret) derive(label string) (out [32]byte) {
	if len(s.chars) != partChars {
		panic("invite: derive from an empty secret")
	}
	key, err := hkdf.Key(sha256.New, []byte(s.chars), []byte(salt), label, len(out))
	if err != nil {
		panic(err) // only for lengths over 255 hashes
	}
	copy(out[:], key)
	return out
}

// Reveal returns the characters of s, for the link alone.
func (s Secret) Reveal() string { return s.chars }

// IsZero reports whether s was never set.
func (s Secret) IsZero() bool { return s.chars == "" }

// String implements fmt.Stringer.
func (Secret) String() string { return "[secret]" }

// GoString keeps %#v from printing the secret.
func (Secret) GoString() string { return "[secret]" }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalText keeps encoders from writing the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// KeyHash is k: the first 100 bits of SHA-256 over the raw invite public key,
// in Crockford's base32.
type KeyHash string

// HashKey returns the KeyHash of an invite public key.
func HashKey(pub ed25519.PublicKey) KeyHash { return KeyHash(chars(sha256.Sum256(pub))) }

// chars writes the first 100 bits of a hash, five to a character.
func chars(sum [sha256.Size]byte) []byte {
	out := make([]byte, 0, partChars)
	var acc, bits uint
	for _, b := range sum {
		acc, bits = acc<<8|uint(b), bits+8
		for bits >= 5 && len(out) < partChars {
			bits -= 5
			out = append(out, alphabet[acc>>bits&31])
		}
	}
	return out
}

// Matches reports, in constant time, whether pub is the key that k names.
func (k KeyHash) Matches(pub ed25519.PublicKey) bool {
	return len(pub) == ed25519.PublicKeySize &&
		subtle.ConstantTimeCompare([]byte(k), []byte(HashKey(pub))) == 1
}

// canonical reads Crockford's base32 as people write it: any case, I and L for
// 1, O for 0. It returns false when c is none of its characters.
func canonical(c byte) (byte, bool) {
	switch {
	case c >= 'a' && c <= 'z':
		c -= 'a' - 'A'
	}
	switch c {
	case 'I', 'L':
		c = '1'
	case 'O':
		c = '0'
	}
	return c, strings.IndexByte(alphabet, c) >= 0
}

// ParseCode reads s and k from the 40 characters of a fragment.
func ParseCode(code string) (Secret, KeyHash, error) {
	if len(code) != CodeChars {
		return Secret{}, "", ErrCode
	}
	out := make([]byte, CodeChars)
	for i := range CodeChars {
		c, ok := canonical(code[i])
		if !ok {
			return Secret{}, "", ErrCode
		}
		out[i] = c
	}
	return Secret{string(out[:partChars])}, KeyHash(out[partChars:]), nil
}
