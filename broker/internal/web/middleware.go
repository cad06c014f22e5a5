package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
)

// wrap puts the checks that every request passes around next.
func (s *Server) wrap(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problem.New(http.StatusForbidden, "cross_origin", "This request came from another site. Open this broker's own page."))
	}))
	return s.logged(s.headers(cross.Handler(s.bounded(s.identified(s.observed(next))))))
}

type (
	requestKey struct{}
	secureKey  struct{}
)

// Transport tells whether the browser came by https, and as which browser it
// left for the single sign-on. It is a part of inputs.
type Transport struct {
	secure    bool
	departure secret.Text
}

// Resolve implements huma.Resolver.
func (t *Transport) Resolve(ctx huma.Context) []error {
	t.secure, _ = ctx.Context().Value(secureKey{}).(bool)
	r, _ := humago.Unwrap(ctx)
	t.departure = auth.ReadDeparture(r, t.secure)
	return nil
}

// requestID finds a request in the log.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// logged gives the request an id and writes one line when it is over. The line
// has the path only: queries and fragments may hold what nobody should read.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		ctx := context.WithValue(r.Context(), requestKey{}, store.NewID())
		r = r.WithContext(context.WithValue(ctx, secureKey{}, s.secure(r)))
		out := &response{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				s.logFor(r).Error("handler panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if out.status == 0 {
					writeProblem(out, r, problem.From(errors.New("panic")).(*problem.Problem))
				}
			}
			s.logFor(r).Info("request", "method", r.Method, "path", r.URL.Path, "status", out.status, "bytes", out.bytes,
				"ms", time.Since(started).Milliseconds(), "from", auth.Truncate(auth.ParseRemote(r.RemoteAddr)))
		}()
		next.ServeHTTP(out, r)
	})
}

// response notes what was answered.
type response struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack implements http.Hijacker, which the websocket upgrade asks for.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.status == 0 {
		w.status = http.StatusSwitchingProtocols
	}
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Flush implements http.Flusher.
func (w *response) Flush() {
	http.NewResponseController(w.ResponseWriter).Flush() //nolint:errcheck // the next write fails
}

// bounded reads the body of a call to the interface, so that nobody after it
// meets more than maxBodyBytes.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || isUpload(r) {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBodyBytes+1))
		if err != nil {
			writeProblem(w, r, problem.New(http.StatusRequestTimeout, "body_lost", "The request did not arrive whole. Try again."))
			return
		}
		if len(body) > maxBodyBytes {
			w.Header().Set("Connection", "close") // the rest is not worth reading
			writeProblem(w, r, problem.New(http.StatusRequestEntityTooLarge, "too_large", "The request has more than 64 KiB. Send less."))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// isUpload reports whether this is a part of a recording, a file of a ticket or one of many
// tickets, which are larger than any other body: their handlers bound them.
func isUpload(r *http.Request) bool {
	if r.Method == http.MethodPost && r.URL.Path == "/api/v1/tickets/import" {
		return true
	}
	if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/v1/tickets/") && strings.HasSuffix(r.URL.Path, "/attachments") {
		return true
	}
	return r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/api/v1/sessions/") && strings.Contains(r.URL.Path, "/recordings/")
}

// identified adds who calls to the context of the request.
func (s *Server) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie := auth.ReadCookie(r, s.secure(r))
		if cookie.IsZero() || !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/ws" {
			next.ServeHTTP(w, r)
			return
		}
		who, err := s.deps.Auth.Identify(r.Context(), cookie)
		switch {
		case err == nil:
			r = r.WithContext(auth.With(r.Context(), who))
		case !errors.Is(err, store.ErrNotFound):
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// observed tells of requests by the pattern of their route, so that no id is told.
func (s *Server) observed(next http.Handler) http.Handler {
	if s.deps.Observe == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		out := &response{ResponseWriter: w}
		next.ServeHTTP(out, r)
		if out.status == http.StatusSwitchingProtocols || strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			return
		}
		s.deps.Observe(r.Pattern, out.status, time.Since(started))
	})
}

// secure reports whether the browser sees this request as https: our own
// listener's, or that of a proxy in front of the public address.
func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || s.deps.URL.Scheme == "https" && r.Host == s.deps.URL.Host
}

// register adds an operation whose errors become problems.
func register[I, O any](api huma.API, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problem.From(err)
		}
		return out, nil
	})
}
