package auth

import (
	"net/netip"

	"github.com/danielgtaylor/huma/v2"
)

// Remote is where a call comes from, as a field of a huma input.
type Remote struct {
	Addr  netip.Addr
	Agent string // what the browser says of itself
}

var _ huma.Resolver = (*Remote)(nil)

// Resolve implements huma.Resolver.
func (r *Remote) Resolve(ctx huma.Context) []error {
	r.Addr, r.Agent = ParseRemote(ctx.RemoteAddr()), ctx.Header("User-Agent")
	return nil
}

// ParseRemote reads http.Request.RemoteAddr; the zero Addr is unknown. Headers
// that a proxy may set are never read: anybody can send them.
func ParseRemote(addrPort string) netip.Addr {
	ap, err := netip.ParseAddrPort(addrPort)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// Truncate is how an address is kept: the /24 of IPv4, the /48 of IPv6.
func Truncate(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil || !a.IsValid() {
		return "unknown"
	}
	return p.String()
}
