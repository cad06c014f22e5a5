// Package local serves the technician's page from this program, on loopback, against a
// broker somewhere else: what runs is what this program holds, whatever the broker
// serves.
//
// To the browser everything is one origin, http://LABEL.localhost:PORT, with a label
// that is random for each run, so that no other program of this machine shares its
// cookies and nobody can guess it. The page's own files come from here. Calls of the
// interface and the websocket go on to the broker, which sees its own origin. Of what it
// answers only data comes back: nothing that a browser would run or show as a page.
//
// The package holds no secret: the cookie is the browser's, under another name.
package local

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"

	"beside/broker/internal/web"
)

// Config is what a Handler needs.
type Config struct {
	Broker    *url.URL          // scheme and host
	Address   net.Addr          // where the Handler will be served, on loopback
	Files     fs.FS             // the pages
	Transport http.RoundTripper // to the broker
	Log       *slog.Logger
}

// Handler is the page and the way to its broker.
type Handler struct {
	config Config
	own    *url.URL // as the browser sees us
	pages  http.Handler
	proxy  *httputil.ReverseProxy
}

// New makes a Handler; it is served at URL.
func New(c Config) (*Handler, error) {
	_, port, err := net.SplitHostPort(c.Address.String())
	if err != nil {
		return nil, fmt.Errorf("address %s: %w", c.Address, err)
	}
	pages, err := web.Pages(c.Files, c.Broker)
	if err != nil {
		return nil, err
	}
	var label [8]byte
	rand.Read(label[:]) // never fails (crypto/rand)
	h := &Handler{
		config: c, pages: pages,
		own: &url.URL{Scheme: "http", Host: net.JoinHostPort("beside-"+hex.EncodeToString(label[:])+".localhost", port)},
	}
	h.proxy = &httputil.ReverseProxy{
		Rewrite: h.rewrite, ModifyResponse: h.sift, Transport: c.Transport, FlushInterval: -1,
		ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			c.Log.Warn("the broker did not answer", "error", err)
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	return h, nil
}

// URL is where the browser finds the page.
func (h *Handler) URL() *url.URL { return h.own }

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.ours(r) {
		http.Error(w, "Open "+h.own.String()+" in this computer's browser.", http.StatusForbidden)
		return
	}
	if passed(r.URL.Path) {
		h.proxy.ServeHTTP(w, r)
		return
	}
	h.pages.ServeHTTP(w, r)
}

// ours reports whether a request comes from our own page, or from somebody who opens
// it. The name cannot be guessed, so a page of another site cannot even name us.
func (h *Handler) ours(r *http.Request) bool {
	if r.Host != h.own.Host || r.Header.Get("Service-Worker") != "" {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		return origin == h.own.String()
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

// passed is what goes on to the broker: the interface and the websocket, nothing else.
func passed(path string) bool {
	return path == "/ws" || strings.HasPrefix(path, "/api/v1/")
}

// requestHeaders are those that go on.
var requestHeaders = []string{
	"Accept", "Content-Type", "Content-Length", "Last-Event-Id", "Upgrade", "Connection", "Sec-Websocket-Key",
	"Sec-Websocket-Version", "Sec-Websocket-Protocol",
}

func (h *Handler) rewrite(p *httputil.ProxyRequest) {
	p.SetURL(h.config.Broker)
	p.Out.Host = h.config.Broker.Host
	in, out := p.In.Header, http.Header{}
	for _, name := range requestHeaders {
		if values := p.Out.Header[name]; values != nil {
			out[name] = values
		}
	}
	for _, c := range p.In.Cookies() {
		if name, ok := strings.CutPrefix(c.Name, cookiePrefix); ok {
			out.Add("Cookie", name+"="+c.Value)
		}
	}
	// Ours was checked: to the broker this is its own page.
	if in.Get("Origin") != "" {
		out.Set("Origin", h.config.Broker.String())
	}
	out.Set("User-Agent", in.Get("User-Agent")) // by which people know their devices
	p.Out.Header = out
}

// cookiePrefix is before the broker's name of a cookie, whose own prefix __Host- a
// browser takes by https alone.
const cookiePrefix = "beside-viewer."

// answerHeaders are those that come back. Among those that do not: all that would make
// a browser go somewhere, load something or forget a policy.
var answerHeaders = []string{
	"Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition", "Retry-After", "Date", "Beside-Last",
	"Upgrade", "Connection", "Sec-Websocket-Accept", "Sec-Websocket-Protocol",
}

// dataTypes are what a browser neither runs nor shows as a page.
var dataTypes = []string{
	"application/json", "application/problem+json", "application/x-ndjson", "application/jsonl", "application/octet-stream",
	"text/event-stream", "text/csv", "text/plain",
}

// sift lets only data through.
func (h *Handler) sift(res *http.Response) error {
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return fmt.Errorf("it wants to lead to %q", res.Header.Get("Location"))
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if has := res.Header.Get("Content-Type") != ""; has && (err != nil || !slices.Contains(dataTypes, kind)) {
		return fmt.Errorf("it sent %q, which is not data", res.Header.Get("Content-Type"))
	}
	header := http.Header{}
	for _, name := range answerHeaders {
		if values := res.Header[name]; values != nil {
			header[name] = values
		}
	}
	for _, c := range res.Cookies() {
		// #nosec G124 -- plain http on loopback: a browser would not send back a Secure one everywhere
		ours := &http.Cookie{
			Name: cookiePrefix + c.Name, Value: c.Value, Path: "/", MaxAge: c.MaxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		}
		header.Add("Set-Cookie", ours.String())
	}
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	res.Header = header
	return nil
}
