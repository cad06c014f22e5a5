package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auth"
	"beside/broker/internal/download"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/mail"
	"beside/broker/internal/problem"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/signaling/ledger"
)

// maxBodyBytes bounds every request's body.
const maxBodyBytes = 64 << 10

// Deps is what the server is made of.
type Deps struct {
	Organisation string
	Complaints   string // how to complain, as receipts say; empty: they name the organisation
	Version      string
	URL          *url.URL // the public address
	Store        *store.Store
	Journal      *journal.Journal
	Auth         *auth.Desk
	LogKey       *ledger.LogKey // signs the audit log
	Recordings   *recording.Shelf
	Mail         *mail.Desk // nil: this broker sends none
	Clients      *download.Shelf
	Pages        fs.FS
	Modules      []Module
	Log          *slog.Logger
	// InvitationLife is how long a link waits; 0: as long as it may.
	InvitationLife time.Duration
	// Observe is told of each request that was answered, streams left out; nil: nobody is.
	Observe func(route string, status int, took time.Duration)
	// Draining closes when the broker begins to stop: it is no longer ready,
	// and live streams end.
	Draining <-chan struct{}
}

// Server is the assembled web server.
type Server struct {
	deps     Deps
	readings readings
	spoken   *auth.Throttle // for finding invitations by their codes, which could be guessed
	asking   *auth.Throttle // for what strangers write to the desk
	waits    waits
	present  presence
	api      huma.API
	handler  http.Handler
}

// New assembles the server. It starts nothing.
func New(d Deps) (*Server, error) {
	pages, err := newPages(d.Pages)
	if err != nil {
		return nil, err
	}
	s := &Server{deps: d, spoken: auth.NewThrottle(invitation.SpokenLimits), asking: auth.NewThrottle(askingLimits)}
	mux := http.NewServeMux()
	root := humago.New(mux, s.config())
	s.api = root
	root.UseMiddleware(s.ruled)
	api := huma.NewGroup(root, "/api/v1")
	s.registerSignIn(api)
	s.registerPasskeys(api)
	s.registerDevices(api)
	s.registerProvider(api)
	s.registerAccounts(api)
	s.registerPolicy(api)
	s.registerAuditors(api)
	s.registerAuditorPasskeys(api)
	s.registerReports(api)
	s.registerMachines(api)
	s.registerExport(api)
	s.registerSearch(api)
	s.registerEvidence(api)
	s.registerTickets(api)
	s.registerSimilar(api)
	s.registerMails(api)
	s.registerSchedules(api)
	s.registerCategories(api)
	s.registerPhrases(api)
	s.registerWebhooks(api)
	s.registerKnowledge(api)
	s.registerInvitations(api)
	s.registerLanding(api)
	s.registerAsking(api)
	s.registerDeskRules(api)
	s.registerPeople(api)
	s.registerReceipt(api)
	s.registerRating(api)
	s.registerRetention(api)
	s.registerSessions(api)
	s.registerEvents(api)
	s.registerAlarms(api)
	s.registerLive(api)
	s.registerRecordings(api)
	s.registerDownload(root)
	s.registerHealth(root)
	for _, m := range d.Modules {
		m.Register(api, mux)
	}
	describeProblems(root.OpenAPI())
	if err := errors.Join(describeRules(root.OpenAPI()), describeExamples(root.OpenAPI())); err != nil {
		return nil, err
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problem.New(http.StatusNotFound, "not_found", "There is no such resource. See /openapi.json."))
	})
	mux.HandleFunc("GET /openapi.json", s.serveOpenAPI)
	mux.Handle("/", pages)
	s.handler = s.wrap(mux)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// OpenAPI describes the REST interface (OpenAPI 3.1, JSON).
func (s *Server) OpenAPI() ([]byte, error) {
	body, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe the interface: %w", err)
	}
	return append(body, '\n'), nil
}

func (s *Server) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	body, err := s.OpenAPI()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Write(body) //nolint:errcheck // the client went away
}

func (s *Server) config() huma.Config {
	c := huma.DefaultConfig("Beside", s.deps.Version)
	c.Info.Description = "The broker's REST interface. Errors are problem details (RFC 9457) with a stable code. Binary values are base64url without padding, times RFC 3339 in UTC."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // served by us; huma's page needs foreign scripts
	c.CreateHooks = nil                                   // no $schema in bodies
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c.Transformers = []huma.Transformer{s.asProblem}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		cookieScheme: {Type: "apiKey", In: "cookie", Name: "beside", Description: "Named __Host-beside over https."},
	}
	return c
}

// cookieScheme names the cookie session in the OpenAPI description.
const cookieScheme = "cookie"

// operation describes one operation for a signed-in caller.
func operation(method, path, id, summary string) huma.Operation {
	op := open(method, path, id, summary)
	op.Security = []map[string][]string{{cookieScheme: {}}}
	return op
}

// open describes one operation for everybody.
func open(method, path, id, summary string) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary}
}

// describeProblems puts our problem in the place of huma's error in the
// description of every operation.
func describeProblems(api *huma.OpenAPI) {
	schemas := api.Components.Schemas
	ours := schemas.Schema(reflect.TypeFor[problem.Problem](), false, "Problem")
	if _, used := schemas.Map()["ErrorModel"]; used {
		schemas.Map()["ErrorModel"] = ours
	}
}
