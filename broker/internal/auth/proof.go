package auth

import (
	"net/http"
	"time"

	"beside/broker/internal/problem"
)

// ProofLife is how long, at most, after a proof of who they are people may do
// what takes a recent one: an unlocked screen or a stolen cookie is not enough for that.
const ProofLife = 10 * time.Minute

// Proof is what an operation takes beyond being signed in.
type Proof string

// The proofs that can be asked for.
const (
	NoProof     Proof = ""
	AnyProof    Proof = "any"     // signed in not long ago, in any way
	StrongProof Proof = "passkey" // a passkey was used not long ago
)

// Proved reports, as a problem, that the caller must first prove anew who they are.
func (d *Desk) Proved(who Identity, p Proof) error {
	switch {
	case p == NoProof,
		time.Since(who.StrongAt) < d.proofLife,
		p == AnyProof && time.Since(who.ProvedAt) < d.proofLife:
		return nil
	}
	return problem.New(http.StatusForbidden, "proof_needed", "Confirm with your passkey that it is you, then try again.")
}
