package consent

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"beside/signaling/grant"
)

// Holder says whose the rights in a Gate are: one viewer, by the fingerprint of
// its DTLS certificate as it was verified. It is the only caller of Gate.Allow
// and signs a grant for each Allow. It belongs to the goroutine that runs the
// session; the Gate is everybody's.
type Holder struct {
	gate    *Gate
	session string
	key     ed25519.PrivateKey // the client's session key

	viewer [32]byte
	named  bool         // viewer is set
	signed grant.Signed // the latest grant, of what is in the Gate
}

// NewHolder returns the Holder of a Gate that has granted nothing.
func NewHolder(g *Gate, session string, key ed25519.PrivateKey) *Holder {
	return &Holder{gate: g, session: session, key: key}
}

// Take says that this verified viewer is there now. One that is not the same as
// before starts with nothing: all rights are revoked before Take returns. It
// returns what was revoked.
func (h *Holder) Take(viewer [32]byte) (revoked grant.Set) {
	if h.named && h.viewer == viewer {
		return grant.Set{}
	}
	revoked, _ = h.gate.Granted()
	h.gate.Revoke(revoked)
	h.viewer, h.named, h.signed = viewer, true, grant.Signed{}
	return revoked
}

// Allow puts the requester's answer into force for the viewer that is there and
// returns the signed grant of everything it may do now. All of it lapses when
// term has passed: the last answer counts for what was allowed before, too. No
// term, or one over the bound, is the default or the bound.
func (h *Holder) Allow(now time.Time, technician string, scopes grant.Set, term time.Duration) (grant.Signed, grant.Grant, error) {
	if !h.named {
		return grant.Signed{}, grant.Grant{}, fmt.Errorf("allow: no viewer is verified")
	}
	if term <= 0 {
		term = DefaultTerm
	}
	until := now.Add(min(term, MaxTerm))
	granted, gen := h.gate.Granted()
	g := grant.Grant{
		Session: h.session, Generation: gen + 1, Viewer: h.viewer[:], Technician: technician,
		Scopes: granted.Union(scopes.Narrow(offered)), Time: now.UTC().Truncate(time.Millisecond),
		Until: until.UTC().Truncate(time.Millisecond),
	}
	signed, err := g.Sign(h.key)
	if err != nil {
		return grant.Signed{}, grant.Grant{}, err
	}
	if !h.gate.allowAt(g.Scopes, g.Generation, now, until) {
		return grant.Signed{}, grant.Grant{}, fmt.Errorf("allow: rights changed meanwhile")
	}
	h.signed = signed
	return signed, g, nil
}

// Signed returns the latest grant: of the viewer that is there, and holding at
// least what the Gate holds now.
func (h *Holder) Signed() grant.Signed { return h.signed }
