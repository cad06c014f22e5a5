// Package entry is the door to sessions over HTTP: redeem, tokens, accept, end,
// the key set and the websocket. It translates and owns nothing but how often
// an address may knock; every rule is in package session.
package entry

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"

	"beside/broker/internal/auth"
	"beside/broker/internal/invitation"
	"beside/broker/internal/problem"
	"beside/broker/internal/session"
	"beside/signaling"
)

// Config is what a Door is made of.
type Config struct {
	Registry     *session.Registry
	Organisation string
	// Origins are the addresses of the broker's own pages, exactly as browsers
	// write them: "https://help.example:8443". The first is for callers that
	// came by no name of ours.
	Origins []string
}

// Door is a module of the web server.
type Door struct {
	config   Config
	redeems  *auth.Throttle
	spoken   *auth.Throttle // also for all tries of spoken codes, which could be guessed
	tokens   *auth.Throttle
	sockets  *auth.Throttle
	upgrader websocket.Upgrader
}

// New returns the door of a registry.
func New(c Config) *Door {
	d := &Door{
		config:  c,
		redeems: auth.NewThrottle(auth.Limits{PerAddress: 30, Global: 3000}),
		spoken:  auth.NewThrottle(invitation.SpokenLimits),
		// One address may be an office that reconnects after a broker's restart.
		tokens:  auth.NewThrottle(auth.Limits{PerAddress: 300, Global: 60_000}),
		sockets: auth.NewThrottle(auth.Limits{PerAddress: 300, Global: 60_000}),
	}
	d.upgrader = upgrader(d.origin)
	return d
}

// Origins returns the origin of a public address, and the host by which
// sockets are opened there.
func Origins(public ...*url.URL) (origins, hosts []string) {
	for _, u := range public {
		origins, hosts = append(origins, u.Scheme+"://"+u.Host), append(hosts, u.Host)
	}
	return origins, hosts
}

// Register implements web.Module.
func (d *Door) Register(api huma.API, mux *http.ServeMux) {
	signedIn := []map[string][]string{{"cookie": {}}}
	register(api, huma.Operation{Method: http.MethodPost, Path: "/redeem", OperationID: "redeem", Summary: "Redeem an invitation, once"}, d.redeem)
	register(api, huma.Operation{Method: http.MethodPost, Path: "/invitations/unable", OperationID: "unable", Summary: "Tell the technician that this machine cannot be shown; the link stays good"}, d.unable)
	register(api, huma.Operation{Method: http.MethodPost, Path: "/sessions/{id}/token", OperationID: "joinToken", Summary: "A token that opens one socket"}, d.token)
	register(api, huma.Operation{Method: http.MethodPost, Path: "/sessions/{id}/accept", OperationID: "acceptSession", Summary: "Accept who joined", Security: signedIn}, d.accept)
	register(api, huma.Operation{Method: http.MethodPost, Path: "/sessions/{id}/end", OperationID: "endSession", Summary: "End a session", Security: signedIn}, d.end)
	register(api, huma.Operation{Method: http.MethodPost, Path: "/sessions/{id}/colleague", OperationID: "callColleague", Summary: "Call a second technician in, to look on", Security: signedIn}, d.callColleague)
	register(api, huma.Operation{Method: http.MethodGet, Path: "/sessions/{id}/seal", OperationID: "sessionStory", Summary: "What the technician's side signs of a session that is over", Security: signedIn}, d.story)
	register(api, huma.Operation{Method: http.MethodPost, Path: "/sessions/{id}/seal", OperationID: "countersignSession", Summary: "Sign the record of a session that is over", Security: signedIn}, d.countersign)
	mux.HandleFunc("GET /.well-known/jwks.json", d.keys)
	mux.HandleFunc("GET /ws", d.socket)
}

// try takes one try of a code: every one counts, so that a guess that hits is no
// cheaper than one that misses.
func (d *Door) try(from netip.Addr, spoken bool) error {
	wait := d.redeems.Take(from)
	if wait == 0 && spoken {
		wait = d.spoken.Take(from)
	}
	if wait > 0 {
		return problem.TooMany(wait)
	}
	return nil
}

// register adds an operation whose errors become problems.
func register[I, O any](api huma.API, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, asProblem(err)
		}
		return out, nil
	})
}

// statuses of the refusals that are not a plain conflict.
var statuses = map[string]int{
	"invitation_unknown": http.StatusNotFound,
	"invitation_expired": http.StatusGone,
	"invitation_revoked": http.StatusGone,
	"session_ended":      http.StatusGone,
	"proof_refused":      http.StatusUnauthorized,
	"key_refused":        http.StatusForbidden,
	"not_yours":          http.StatusForbidden,
	"call_unknown":       http.StatusForbidden,
	"call_not_yours":     http.StatusForbidden,
	"seal_refused":       http.StatusForbidden,
}

func asProblem(err error) error {
	var no *session.Refusal
	if !errors.As(err, &no) {
		return problem.From(err)
	}
	status, ok := statuses[no.Code]
	if !ok {
		status = http.StatusConflict
	}
	return problem.New(status, no.Code, no.Text)
}

func (d *Door) keys(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	json.NewEncoder(w).Encode(d.config.Registry.Keys()) //nolint:errcheck // the caller went away
}

// origin reports whether a socket comes from a page of ours. Programs that are
// no browser send no Origin; their token and proof say who they are.
func (d *Door) origin(r *http.Request) bool {
	given := r.Header.Values("Origin")
	return len(given) == 0 || len(given) == 1 && slices.Contains(d.config.Origins, given[0])
}

// signaling is the socket's address for a caller that reached us as host.
func (d *Door) signaling(host string) string {
	at := d.config.Origins[0]
	for _, o := range d.config.Origins {
		if u, err := url.Parse(o); err == nil && u.Host == host {
			at = o
		}
	}
	return "ws" + at[len("http"):] + "/ws" // http → ws, https → wss
}

func upgrader(origin func(*http.Request) bool) websocket.Upgrader {
	return websocket.Upgrader{
		// Small buffers: the server's own are given back when the handler returns.
		ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10, WriteBufferPool: newPool(),
		Subprotocols: []string{signaling.Subprotocol}, CheckOrigin: origin,
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			http.Error(w, reason.Error(), status)
		},
	}
}
