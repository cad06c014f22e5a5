package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/auditor"
	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/record"
)

// readAgain is how long looking at one session counts as one reading: a page reads
// anew whenever something happens.
const readAgain = 10 * time.Minute

// maxReadings bounds what is remembered; beyond, a reading is told again.
const maxReadings = 10_000

// The log signs its state within a second.
const (
	headWait = 5 * time.Second
	headPoll = 100 * time.Millisecond
)

// readings remembers who looked at which session a moment ago. Safe for every
// goroutine.
type readings struct {
	mu   sync.Mutex
	last map[reading]time.Time
}

type reading struct{ account, session string }

// fresh reports whether this is a reading that was not told yet.
func (r *readings) fresh(account, session string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := reading{account, session}
	if now.Sub(r.last[key]) < readAgain {
		return false
	}
	if r.last == nil || len(r.last) >= maxReadings {
		r.last = make(map[reading]time.Time)
	}
	r.last[key] = now
	return true
}

// tellReading notes that somebody who had no part in a session looks at its record.
func (s *Server) tellReading(ctx context.Context, se store.Session) error {
	caller := auth.Caller(ctx).Technician
	if caller.ID == se.Technician || !s.readings.fresh(caller.ID, se.ID, time.Now()) {
		return nil
	}
	return s.deps.Journal.Note(ctx, se.Event(record.AuditRead{}, auth.Actor(caller)))
}

func (s *Server) registerEvidence(api huma.API) {
	op := operation(http.MethodPost, "/sessions/{id}/evidence", "exportEvidence",
		"What proves a session, for beside-verify and for the page; that it was handed out is an event")
	op.Responses = map[string]*huma.Response{"200": {Description: "docs/audit.md has the format", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
	}}}
	register(api, op, s.exportEvidence)
}

// exportEvidence tells that evidence is handed out before it is.
func (s *Server) exportEvidence(ctx context.Context, in *sessionInput) (*huma.StreamResponse, error) {
	file, err := s.gather(ctx, in.ID, auditor.Everybody)
	if err != nil {
		return nil, err
	}
	raw, err := file.Marshal()
	if err != nil {
		return nil, err
	}
	if err := s.deps.Journal.Note(ctx, record.New(auditor.Exported(file), record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Disposition", `attachment; filename="evidence.json"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
	}}, nil
}

// gather waits for the signed head that has the newest events: that one looks at the
// session is one of them.
func (s *Server) gather(ctx context.Context, session string, personal auditor.Personal) (file evidence.File, err error) {
	ctx, cancel := context.WithTimeout(ctx, headWait)
	defer cancel()
	tick := time.NewTicker(headPoll)
	defer tick.Stop()
	for {
		err = s.deps.Store.View(ctx, func(v *store.View) (err error) {
			file, err = auditor.Export(v, s.deps.LogKey, session, personal)
			return err
		})
		if !errors.Is(err, auditor.ErrUnpublished) {
			return file, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return file, problem.New(http.StatusServiceUnavailable, "not_published", "The newest events are not signed yet. Try again in a moment.")
		}
	}
}
