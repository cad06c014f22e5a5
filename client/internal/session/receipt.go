package session

import (
	"net/url"
	"regexp"
)

// invitationID is how the broker names invitations. What it says becomes part of an
// address that the person's browser opens: nothing else is taken for a name.
var invitationID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// receiptOf is the address of the page with the person's receipt, or empty. Its
// fragment is the value that reads this page and does nothing else: who finds the
// address cannot join with it.
func (s *session) receiptOf(invitation string) string {
	if !invitationID.MatchString(invitation) {
		s.log.Warn("no receipt: the broker named no invitation")
		return ""
	}
	page := s.cfg.Secret.Page()
	at := url.URL{Scheme: s.cfg.Broker.Scheme, Host: s.cfg.Broker.Host, Path: "/j/" + invitation, Fragment: encode(page[:])}
	return at.String()
}
