package invite

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// maxLinkBytes bounds what is read as a link: a pasted mail is not one.
const maxLinkBytes = 2048

// Link is a whole invitation: where the broker is, which invitation, and what
// only the two ends know.
type Link struct {
	Broker *url.URL // scheme and host only
	ID     string
	Secret Secret
	Key    KeyHash
}

// fileCode finds the code in the name that the landing page gave to the
// download, however the browser or the person changed what follows it:
// "Beside-… (1)", "Beside-… - Copy", "Beside-….bin".
var fileCode = regexp.MustCompile(`(?i)^beside[-_ ]([0-9a-z]{40})(?:[^0-9a-z].*)?$`)

// ParseFileName reads s and k from the name of the client's own file. The
// broker's address is never taken from it.
func ParseFileName(file string) (Secret, KeyHash, error) {
	m := fileCode.FindStringSubmatch(path.Base(strings.ReplaceAll(file, `\`, "/")))
	if m == nil {
		return Secret{}, "", ErrCode
	}
	return ParseCode(m[1])
}

// ParseLink reads a pasted link. Plain http is taken for loopback only, so that
// nothing secret crosses a network in the clear.
func ParseLink(text string) (Link, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxLinkBytes {
		return Link{}, fmt.Errorf("link of %d characters is too long", len(text))
	}
	u, err := url.Parse(text)
	if err != nil {
		return Link{}, ErrCode // url.Parse quotes its input, which may hold the secret
	}
	id, ok := strings.CutPrefix(u.Path, "/j/")
	if !ok || id == "" || strings.Contains(id, "/") {
		return Link{}, fmt.Errorf("not an invitation: expected https://…/j/…#…")
	}
	if err := CheckBroker(u); err != nil {
		return Link{}, err
	}
	s, k, err := ParseCode(u.Fragment)
	if err != nil {
		return Link{}, err
	}
	return Link{Broker: &url.URL{Scheme: u.Scheme, Host: u.Host}, ID: id, Secret: s, Key: k}, nil
}

// CheckBroker reports whether u may be a broker's address: https, or http on
// loopback; a host; nobody's name or password in it.
func CheckBroker(u *url.URL) error {
	switch {
	case u.Host == "" || u.User != nil:
		return fmt.Errorf("broker address needs a host and no user")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && IsLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("broker address %s://%s is not safe: use https (http is for this machine alone)", u.Scheme, u.Host)
}

// IsLoopback reports whether a host, a name or an address, is this very machine.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// String writes the link with its secret, for the person it is meant for.
func (l Link) String() string {
	return l.Broker.Scheme + "://" + l.Broker.Host + "/j/" + l.ID + "#" + l.Secret.Reveal() + string(l.Key)
}
