package web

import (
	"net/http"
	"regexp"
)

// hostPattern is what a Host header may look like to be named in a policy.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$`)

// headers puts the browser's own defences on every answer.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), r.Host, s.secure(r))
		next.ServeHTTP(w, r)
	})
}

func setHeaders(h http.Header, host string, secure bool) {
	h.Set("Content-Security-Policy", contentPolicy(host, secure))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-read=(self), clipboard-write=(self), fullscreen=(self)")
	h.Set("Cache-Control", "no-store") // pages and answers may hold what is not for a shared computer's disk
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// contentPolicy allows a page its own files, its own interface and its own
// websocket, nothing else; no script or style stands in a page itself.
func contentPolicy(host string, secure bool) string {
	connect := "'self'"
	if hostPattern.MatchString(host) {
		if secure {
			connect += " wss://" + host
		} else {
			connect += " ws://" + host
		}
	}
	return "default-src 'none'; script-src 'self'; connect-src " + connect +
		"; img-src 'self' blob: data:; style-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'" +
		"; require-trusted-types-for 'script'; trusted-types svelte-trusted-html"
}
