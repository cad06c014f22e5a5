package invite

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Fingerprint is the SHA-256 of a DTLS certificate (RFC 8122).
type Fingerprint [sha256.Size]byte

// Binding is what message 0 of both ends commits to: this session between these
// two DTLS certificates. A broker that routed falsely ends up with other
// fingerprints and cannot make either proof.
type Binding struct {
	Session        string
	Client, Viewer Fingerprint
}

// ErrBinding reports that the other end is not the one that the link names:
// somebody stands between, or the link is another session's.
var ErrBinding = errors.New("the other end does not hold this invitation")

const bindingLabel = "beside/hello/v1"

// transcript is label ‖ role ‖ session ‖ both raw fingerprints, client first,
// with zero bytes between the texts. The role stops reflection.
func (b Binding) transcript(role string) []byte {
	t := make([]byte, 0, 128)
	t = append(t, bindingLabel...)
	t = append(t, 0)
	t = append(t, role...)
	t = append(t, 0)
	t = append(t, b.Session...)
	t = append(t, 0)
	t = append(t, b.Client[:]...)
	return append(t, b.Viewer[:]...)
}

// ViewerProof is the viewer's: its fingerprints signed by the invite key.
func (b Binding) ViewerProof(key ed25519.PrivateKey) []byte {
	return ed25519.Sign(key, b.transcript("viewer"))
}

// CheckViewer verifies the viewer's proof at the client: pub must be the key
// that the link names, and have signed this binding.
func (b Binding) CheckViewer(k KeyHash, pub ed25519.PublicKey, proof []byte) error {
	if !k.Matches(pub) {
		return fmt.Errorf("%w: invite key does not match the link", ErrBinding)
	}
	return b.CheckSigned(pub, proof)
}

// CheckSigned verifies that the holder of pub signed this binding, whoever that
// is: a spoken code names no key, and the words must say who it is.
func (b Binding) CheckSigned(pub ed25519.PublicKey, proof []byte) error {
	if len(pub) != ed25519.PublicKeySize {
		return fmt.Errorf("%w: malformed key of the viewer", ErrBinding)
	}
	if !ed25519.Verify(pub, b.transcript("viewer"), proof) {
		return fmt.Errorf("%w: bad signature of the viewer", ErrBinding)
	}
	return nil
}

// ClientProof is the client's: a MAC under the bind key of the link.
func (b Binding) ClientProof(s Secret) []byte { return b.ClientProofBy(s.Bind()) }

// ClientProofBy is the same under a bind key that the client was told: of the link to a
// second technician.
func (b Binding) ClientProofBy(bind [32]byte) []byte {
	mac := hmac.New(sha256.New, bind[:])
	mac.Write(b.transcript("client"))
	return mac.Sum(nil)
}

// CheckClient verifies the client's proof at a viewer.
func (b Binding) CheckClient(s Secret, proof []byte) error {
	if !hmac.Equal(b.ClientProof(s), proof) {
		return fmt.Errorf("%w: bad proof of the client", ErrBinding)
	}
	return nil
}
