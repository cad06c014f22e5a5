// Package problem is how the REST interface says no: RFC 9457 problem details
// with a stable code and a text that says what to do. Nothing from inside the
// broker is ever in one: an error that nobody foresaw becomes code "internal"
// with the id of the request, under which the log has the cause.
package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
)

// Problem is the body of every refusal. It implements huma.StatusError.
type Problem struct {
	Title   string `json:"title" doc:"The HTTP status in words"`
	Status  int    `json:"status"`
	Code    string `json:"code" doc:"Stable name of the problem, for programs"`
	Detail  string `json:"detail" doc:"What happened and what to do, for people"`
	Field   string `json:"field,omitempty" doc:"The field of the request that broke a rule"`
	Request string `json:"request,omitempty" doc:"Finds the request in the broker's log"`

	cause      error
	retryAfter string // seconds
}

// New returns a problem.
func New(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// TooMany is the answer to whoever asks too often: they may again after a wait.
func TooMany(wait time.Duration) *Problem {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	p := New(http.StatusTooManyRequests, "too_many", fmt.Sprintf("Too many attempts. Wait %d s, then try again.", seconds))
	p.retryAfter = strconv.Itoa(seconds)
	return p
}

// Because returns the same problem with a cause, which only the log may show.
func (p *Problem) Because(cause error) *Problem {
	with := *p
	with.cause = cause
	return &with
}

// From turns what handlers return into a problem; nil stays nil.
func From(err error) error {
	var p *Problem
	var rule *desk.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.As(err, &rule):
		p = New(http.StatusUnprocessableEntity, "invalid", rule.Error()+".")
		p.Field = rule.Field
		return p
	case errors.Is(err, store.ErrNotFound):
		return New(http.StatusNotFound, "not_found", "There is nothing here under this id. Go back and look again.")
	default:
		p = New(http.StatusInternalServerError, "internal", "Something broke in the broker. Try again; if it stays, tell the administrator the request's id.")
		p.cause = err
		return p
	}
}

// Error implements error, for logs.
func (p *Problem) Error() string {
	if p.cause != nil {
		return p.Code + ": " + p.cause.Error()
	}
	return p.Code + ": " + p.Detail
}

// Unwrap returns what only the log may show, or nil.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	return h
}

// Write answers outside of huma.
func (p *Problem) Write(w http.ResponseWriter) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // who asked went away
}

// Refuse answers an error outside of huma, and returns what only the log may show of it, or nil.
func Refuse(w http.ResponseWriter, err error) (cause error) {
	p, _ := From(err).(*Problem) // From returns nothing else
	p.Write(w)
	return p.Unwrap()
}

// ContentType implements huma.ContentTypeFilter.
func (*Problem) ContentType(string) string { return "application/problem+json" }
