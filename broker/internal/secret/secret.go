// Package secret holds values that must never be read by accident: they print,
// log and encode as [secret]. Only Reveal shows them. It keeps no state.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
)

const hidden = "[secret]"

// Text is a secret text. The zero value is empty.
type Text struct{ text string }

// New hides s.
func New(s string) Text { return Text{s} }

// Random makes a secret of 256 random bits in base64url.
func Random() Text {
	var b [32]byte
	rand.Read(b[:]) //nolint:errcheck // never fails, crypto/rand
	return Text{base64.RawURLEncoding.EncodeToString(b[:])}
}

// Reveal returns the text, for the one place that it is meant for.
func (t Text) Reveal() string { return t.text }

// IsZero reports whether there is no secret.
func (t Text) IsZero() bool { return t.text == "" }

// Hash is SHA-256 of the text: what the database keeps in its place. That is
// enough for secrets of Random, which nobody can guess.
func (t Text) Hash() []byte {
	sum := sha256.Sum256([]byte(t.text))
	return sum[:]
}

// String implements fmt.Stringer.
func (Text) String() string { return hidden }

// GoString keeps %#v from showing the secret.
func (Text) GoString() string { return hidden }

// LogValue implements slog.LogValuer.
func (Text) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler: an encoded secret is hidden.
func (Text) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Text) UnmarshalText(text []byte) error {
	t.text = string(text)
	return nil
}
