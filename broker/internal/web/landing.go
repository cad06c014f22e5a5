package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/download"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// LandingPage is what a requester who holds the link may know.
type LandingPage struct {
	Organisation string           `json:"organisation"`
	Technician   string           `json:"technician" doc:"Display name"`
	Ticket       int64            `json:"ticket" doc:"Its number; what it is about is nothing for whoever scans mail"`
	Stage        invitation.Stage `json:"stage" enum:"invited,opened,expired,revoked,joined,asking,live,paused,ended"`
	Unable       string           `json:"unable,omitempty" enum:"wayland,no_screen" doc:"The program was started where it cannot show the screen; the link is still good"`
	ExpiresAt    time.Time        `json:"expiresAt"`
	Downloads    []string         `json:"downloads" nullable:"false" doc:"Systems that there is a client for; none once the link was used"`
	Summary      *Summary         `json:"summary,omitempty" doc:"What happened, after the end"`
}

type (
	landingInput struct {
		ID   string `path:"id" maxLength:"64"`
		Page string `header:"Beside-Page" doc:"The link's page value, 32 bytes in base64url"`
	}
	landingOutput struct{ Body LandingPage }
	findInput     struct {
		From auth.Remote
		Page string `header:"Beside-Page" doc:"The spoken code's page value, 32 bytes in base64url"`
	}
	findOutput struct {
		Body struct {
			Invitation string `json:"invitation"`
		}
	}
	openedInput struct {
		ID   string `path:"id" maxLength:"64"`
		Page string `header:"Beside-Page" doc:"The link's page value, 32 bytes in base64url"`
		From auth.Remote
	}
)

func (s *Server) registerLanding(api huma.API) {
	register(api, open(http.MethodGet, "/invitations/{id}/page", "landingPage", "What the landing page shows to whoever holds the link"), s.landingPage)
	register(api, open(http.MethodPost, "/invitations/find", "findInvitation", "The invitation of a spoken code, while the code is good"), s.findInvitation)
	register(api, open(http.MethodPost, "/invitations/{id}/opened", "opened", "Tell the technician that a person touched the page"), s.opened)
}

// errNoSuchLink is one answer for a wrong id and for a wrong page value: it
// tells a guesser nothing.
func errNoSuchLink() error {
	return problem.New(http.StatusNotFound, "invitation_unknown", "This link is not known here. Ask the person who sent it for a new one.")
}

// held reads the invitation if the caller holds its link.
func held(v *store.View, in landingInput) (store.Invitation, error) {
	page, err := decode32("Beside-Page", in.Page)
	if err != nil {
		return store.Invitation{}, errNoSuchLink()
	}
	i, err := v.Invitation(in.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !invitation.HoldsPage(i, page) {
		return store.Invitation{}, errNoSuchLink()
	}
	return i, err
}

// findInvitation answers whoever typed a spoken code. Nothing of it is told but the
// id, which is no secret's better half: the page value is.
func (s *Server) findInvitation(ctx context.Context, in *findInput) (*findOutput, error) {
	if wait := s.spoken.Take(in.From.Addr); wait > 0 {
		return nil, problem.TooMany(wait)
	}
	page, err := decode32("Beside-Page", in.Page)
	if err != nil {
		return nil, errNoSuchCode()
	}
	hash := sha256.Sum256(page)
	out := &findOutput{}
	err = s.deps.Store.View(ctx, func(v *store.View) error {
		i, err := v.InvitationByPage(hash[:], true)
		if errors.Is(err, store.ErrNotFound) || err == nil && (!i.RevokedAt.IsZero() || !time.Now().Before(i.ExpiresAt)) {
			return errNoSuchCode()
		}
		out.Body.Invitation = i.ID
		return err
	})
	return out, err
}

func errNoSuchCode() error {
	return problem.New(http.StatusNotFound, "invitation_unknown", "This code is not known here. Ask for a new one.")
}

func (s *Server) landingPage(ctx context.Context, in *landingInput) (*landingOutput, error) {
	out := &landingOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		i, err := held(v, *in)
		if err != nil {
			return err
		}
		se, err := v.Session(i.Session)
		if err != nil {
			return err
		}
		out.Body = LandingPage{
			Organisation: s.deps.Organisation, Technician: se.TechnicianName, Ticket: se.TicketNumber,
			Stage: invitation.StageOf(i, se, time.Now()), Unable: unableOf(se), ExpiresAt: i.ExpiresAt, Downloads: []string{},
		}
		if stage := out.Body.Stage; stage == invitation.Waiting || stage == invitation.Opened {
			out.Body.Downloads = download.Systems()
		}
		if se.EndedAt.IsZero() {
			return nil
		}
		out.Body.Summary, err = summaryOf(v, se)
		return err
	})
	return out, err
}

func (s *Server) opened(ctx context.Context, in *openedInput) (*struct{}, error) {
	var i store.Invitation
	if err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		i, err = held(v, landingInput{ID: in.ID, Page: in.Page})
		return err
	}); err != nil || !i.OpenedAt.IsZero() {
		return nil, err
	}
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		return invitation.Open(tx, i, auth.Truncate(in.From.Addr))
	})
}

// summaryOf says what happened in a session that ended.
func summaryOf(v *store.View, se store.Session) (*Summary, error) {
	events, err := journal.EventsOf(v, se.ID, 0, journal.MaxSessionEvents)
	if err != nil {
		return nil, err
	}
	sum := journal.Summarise(se, events)
	rating, err := v.Rating(se.ID)
	if err != nil {
		return nil, err
	}
	return &Summary{
		Reason: se.Reason, StartedAt: when(sum.StartedAt), EndedAt: sum.EndedAt,
		Viewed: sum.Viewed, Controlled: sum.Controlled, Rating: rating,
	}, nil
}
