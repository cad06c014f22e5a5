package web

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/effect"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// SessionSearch is what sessions are looked for by. It is a body and no query: names
// are not for logs of addresses.
type SessionSearch struct {
	Requester  string     `json:"requester,omitempty" maxLength:"200" doc:"Part of the name"`
	Machine    string     `json:"machine,omitempty" maxLength:"200" doc:"Part of what its system is called, or of its address"`
	Technician string     `json:"technician,omitempty" maxLength:"200" doc:"Part of the name"`
	From       *time.Time `json:"from,omitempty" doc:"Invited to at this time or later"`
	To         *time.Time `json:"to,omitempty" doc:"Invited to before this time"`
	Effects    []string   `json:"effects,omitempty" maxItems:"15" enum:"shown,controlled,controlled-long,file-came,file-left,copied-out,recorded,recording-refused,declined,widened,taken-back,alarm,violation,unproven,incomplete" doc:"All of these came of it"`
	After      string     `json:"after,omitempty" maxLength:"120" doc:"next of the page before"`
	Limit      int        `json:"limit,omitempty" minimum:"0" maximum:"500" doc:"0: 50"`
}

// FoundSession is a session, and what came of it.
type FoundSession struct {
	Session
	Effects []string `json:"effects" nullable:"false" doc:"Known when its record is closed"`
}

type (
	searchInput  struct{ Body SessionSearch }
	searchOutput struct {
		Body struct {
			Sessions []FoundSession `json:"sessions" nullable:"false"`
			Next     string         `json:"next,omitempty" doc:"For the next page; absent: there is none"`
		}
	}
)

const searchPage = 50

func (s *Server) registerSearch(api huma.API) {
	register(api, operation(http.MethodPost, "/sessions/search", "searchSessions",
		"Sessions by who, where, when and what came of them; that somebody searched is an event"), s.searchSessions)
}

// searchSessions tells of the search before it answers: nobody reads unseen. It looks on
// a snapshot, so that nobody who writes waits for it.
func (s *Server) searchSessions(ctx context.Context, in *searchInput) (*searchOutput, error) {
	limit := cmp.Or(in.Body.Limit, searchPage)
	after, err := readPlace(in.Body.After)
	if err != nil {
		return nil, err
	}
	out := &searchOutput{}
	err = s.deps.Store.View(ctx, func(v *store.View) error {
		found, err := v.FindSessions(store.SessionSearch{
			Requester: in.Body.Requester, Machine: in.Body.Machine, Technician: in.Body.Technician,
			From: instantOf(in.Body.From), To: instantOf(in.Body.To), Effects: in.Body.Effects, After: after,
		}, limit+1)
		if err != nil {
			return err
		}
		if len(found) > limit {
			found = found[:limit]
			out.Body.Next = placeOf(found[limit-1])
		}
		out.Body.Sessions = make([]FoundSession, len(found))
		for i, se := range found {
			out.Body.Sessions[i].Session = sessionOf(se)
			if out.Body.Sessions[i].Effects, err = effectsOf(v, se.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	searched := record.New(in.Body.event(len(out.Body.Sessions)), record.ByBroker, auth.Actor(auth.Caller(ctx).Technician))
	if err := s.deps.Journal.Note(ctx, searched); err != nil {
		return nil, err
	}
	return out, nil
}

// event says what was searched by.
func (q SessionSearch) event(found int) record.AuditSearched {
	e := record.AuditSearched{By: []string{}, Effects: q.Effects, Found: found}
	var words []string
	for _, by := range []struct{ name, words string }{{"requester", q.Requester}, {"machine", q.Machine}, {"technician", q.Technician}} {
		if by.words != "" {
			e.By = append(e.By, by.name)
			words = append(words, by.name+": "+by.words)
		}
	}
	if q.From != nil || q.To != nil {
		e.By = append(e.By, "time")
	}
	e.Words = strings.Join(words, ", ")
	return e
}

func effectsOf(v *store.View, session string) ([]string, error) {
	has, err := v.Effects(session)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, e := range effect.All() { // in the order in which people read them
		if slices.Contains(has, string(e)) {
			out = append(out, string(e))
		}
	}
	return out, nil
}

func instantOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// placeOf is where a page ends, as readPlace takes it.
func placeOf(se store.Session) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(se.InvitedAt.UnixMilli(), 10) + " " + se.ID))
}

func readPlace(text string) (store.Place, error) {
	if text == "" {
		return store.Place{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	at, id, ok := strings.Cut(string(raw), " ")
	ms, numErr := strconv.ParseInt(at, 10, 64)
	if err != nil || numErr != nil || !ok || id == "" {
		return store.Place{}, problem.New(http.StatusUnprocessableEntity, "bad_place", "That is no place in the list. Search anew.")
	}
	return store.Place{At: time.UnixMilli(ms), Session: id}, nil
}
