package record

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrStatement reports a statement that its client did not sign, or that says
// what only a broker may say.
var ErrStatement = errors.New("not a statement of the session's client")

// Open verifies that the holder of key made the statement, and reads it.
func (s Statement) Open(key ed25519.PublicKey) (Claim, Data, error) {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, append([]byte(StatementLabel), s.Body...), s.Signature) {
		return Claim{}, nil, fmt.Errorf("%w: bad signature", ErrStatement)
	}
	var c Claim
	if err := strict(s.Body, &c); err != nil {
		return Claim{}, nil, fmt.Errorf("%w: malformed", ErrStatement)
	}
	if !c.Kind.FromClient() {
		return Claim{}, nil, fmt.Errorf("%w: a kind that is not the client's", ErrStatement)
	}
	data, err := DecodeData(c.Kind, c.Data)
	if err != nil {
		return Claim{}, nil, fmt.Errorf("%w: malformed %s", ErrStatement, c.Kind)
	}
	return c, data, nil
}

// Time is when the client says that it happened, by its own clock: of a statement that
// Open accepted before.
func (s Statement) Time() (time.Time, error) {
	var c struct{ Time time.Time }
	if err := json.Unmarshal(s.Body, &c); err != nil {
		return time.Time{}, fmt.Errorf("%w: malformed", ErrStatement)
	}
	return c.Time, nil
}

// Hash is what the next statement's Claim has as Prev.
func (s Statement) Hash() []byte {
	sum := sha256.Sum256(s.Body)
	return sum[:]
}
