package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
)

// Session is one attended help.
type Session struct {
	ID             string           `json:"id"`
	Ticket         string           `json:"ticket"`
	TicketNumber   int64            `json:"ticketNumber"`
	Subject        string           `json:"subject"`
	Requester      string           `json:"requester"`
	Technician     string           `json:"technician" doc:"The owner's id"`
	TechnicianName string           `json:"technicianName"`
	Invitation     string           `json:"invitation"`
	Spoken         bool             `json:"spoken" doc:"It began with a code that was told: both people compare words before anything is shown"`
	Phase          signaling.Phase  `json:"phase" enum:"invited,joined,asking,live,paused,ended"`
	Reason         signaling.Reason `json:"reason,omitempty" doc:"Of the end"`
	System         *JoinedSystem    `json:"system,omitempty" doc:"What the client said of its machine; unproven"`
	JoinedFrom     string           `json:"joinedFrom" doc:"Address, truncated to /24 or /48"`
	Grants         []grant.Scope    `json:"grants" nullable:"false" doc:"What the requester allows now"`
	InvitedAt      time.Time        `json:"invitedAt"`
	ExpiresAt      time.Time        `json:"expiresAt" doc:"Of the link"`
	OpenedAt       *time.Time       `json:"openedAt,omitempty" doc:"First touch of the landing page"`
	Unable         string           `json:"unable,omitempty" enum:"wayland,no_screen" doc:"The program was started where it cannot show the screen; the link is still good"`
	JoinedAt       *time.Time       `json:"joinedAt,omitempty"`
	AcceptedAt     *time.Time       `json:"acceptedAt,omitempty"`
	LiveAt         *time.Time       `json:"liveAt,omitempty" doc:"When the requester first allowed"`
	EndedAt        *time.Time       `json:"endedAt,omitempty"`
	Summary        *Summary         `json:"summary,omitempty" doc:"Not in lists"`
}

// JoinedSystem is a machine as its client describes it.
type JoinedSystem struct {
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Client  string `json:"client" doc:"The client's own version"`
}

// Summary says in a few facts what happened.
type Summary struct {
	Reason     signaling.Reason `json:"reason"`
	StartedAt  *time.Time       `json:"startedAt,omitempty" doc:"When the requester first allowed; absent: never"`
	EndedAt    time.Time        `json:"endedAt"`
	Viewed     bool             `json:"viewed" doc:"The screen was shown"`
	Controlled bool             `json:"controlled" doc:"Keyboard or mouse were used"`
	Rating     store.Rating     `json:"rating,omitempty" enum:"helped,not_helped" doc:"What the person said of it; absent: nothing yet"`
}

type (
	sessionInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	sessionOutput    struct{ Body Session }
	sessionListInput struct {
		State string `query:"state" enum:"open,invited,joined,asking,live,paused,ended" doc:"A phase; open: all that did not end"`
	}
	sessionListOutput struct {
		Body struct {
			Sessions []Session `json:"sessions" nullable:"false"`
		}
	}
)

func (s *Server) registerSessions(api huma.API) {
	register(api, operation(http.MethodGet, "/sessions", "listSessions", "Sessions, the newest first"), s.listSessions)
	register(api, operation(http.MethodGet, "/sessions/{id}", "getSession", "One session"), s.getSession)
	register(api, operation(http.MethodGet, "/sessions/{id}/events", "listSessionEvents", "What happened in one session"), s.listSessionEvents)
}

func (s *Server) listSessions(ctx context.Context, in *sessionListInput) (*sessionListOutput, error) {
	filter := store.SessionFilter{Phase: signaling.Phase(in.State)}
	if in.State == "open" {
		filter = store.SessionFilter{Unended: true}
	}
	out := &sessionListOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		sessions, err := v.Sessions(filter, maxList)
		out.Body.Sessions = make([]Session, len(sessions))
		for i, se := range sessions {
			out.Body.Sessions[i] = sessionOf(se)
		}
		return err
	})
	return out, err
}

func (s *Server) getSession(ctx context.Context, in *sessionInput) (*sessionOutput, error) {
	out := &sessionOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		se, err := v.Session(in.ID)
		if err != nil {
			return err
		}
		out.Body = sessionOf(se)
		if !se.EndedAt.IsZero() {
			out.Body.Summary, err = summaryOf(v, se)
		}
		return err
	})
	return out, err
}

// unableOf is for who still waits: a client that joined could show its screen.
func unableOf(se store.Session) string {
	if se.Phase != signaling.Invited {
		return ""
	}
	return se.Unable
}

func sessionOf(se store.Session) Session {
	out := Session{
		ID: se.ID, Ticket: se.Ticket, TicketNumber: se.TicketNumber, Subject: se.Subject, Requester: se.Requester,
		Technician: se.Technician, TechnicianName: se.TechnicianName, Invitation: se.Invitation, Spoken: se.Spoken,
		Phase: se.Phase, Reason: se.Reason, JoinedFrom: se.JoinedFrom, Grants: se.Granted.Scopes(),
		InvitedAt: se.InvitedAt, ExpiresAt: se.ExpiresAt, OpenedAt: when(se.OpenedAt), Unable: unableOf(se), JoinedAt: when(se.JoinedAt),
		AcceptedAt: when(se.AcceptedAt), LiveAt: when(se.LiveAt), EndedAt: when(se.EndedAt),
	}
	if !se.JoinedAt.IsZero() {
		out.System = &JoinedSystem{OS: se.System.OS, Arch: se.System.Arch, Name: se.System.Name, Version: se.System.Version, Client: se.System.Client}
	}
	return out
}
