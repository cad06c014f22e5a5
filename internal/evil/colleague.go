package evil

import (
	"crypto/ed25519"
	"time"

	"beside/signaling"
	"beside/signaling/grant"
)

// AttachColleague makes v the second technician who is present, under that name.
func (b *Broker) AttachColleague(v *Viewer, name string) {
	b.mu.Lock()
	b.second = v
	client := b.epoch
	b.mu.Unlock()
	v.send = b.fromViewer
	if client != "" {
		v.present(client)
	}
	b.change(func(s *signaling.State) { s.Colleague = &signaling.Colleague{Peer: v.epoch, Technician: name} })
}

// TokenFor makes an access token for the holder of a key in a role.
func (b *Broker) TokenFor(role grant.Role, holder ed25519.PublicKey, scopes grant.Set, life time.Duration) string {
	b.mu.Lock()
	issuer := b.issuer
	b.mu.Unlock()
	now := b.now()
	token, _, err := issuer.Sign(grant.Token{
		Type: grant.AccessToken, Subject: "technician:1", Session: b.Session, Role: role, Scopes: scopes,
		Holder: grant.Thumbprint(holder), Issued: now, Expires: now.Add(life),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return token
}
