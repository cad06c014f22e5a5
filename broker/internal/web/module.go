package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Module adds the routes of another package to the server. The door to sessions
// (package entry) brings:
//
//	POST /redeem
//	POST /sessions/{id}/accept, /sessions/{id}/end, /sessions/{id}/token
//	GET  /.well-known/jwks.json, /ws                       (on the mux)
//
// everything else of the interface is here. Routes given to api are below
// /api/v1 and have met CSRF protection, body limit, cookie and their rule:
// auth.Require tells who calls, an auth.Remote field in the input from where,
// and problem.From turns errors into answers.
type Module interface {
	Register(api huma.API, mux *http.ServeMux)
}
