package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling/invite"
	"beside/signaling/record"
)

// Invitation is a one-time link, as far as the broker knows it.
type Invitation struct {
	ID         string           `json:"id"`
	Ticket     string           `json:"ticket"`
	Session    string           `json:"session"`
	Stage      invitation.Stage `json:"stage" enum:"invited,opened,expired,revoked,joined,asking,live,paused,ended"`
	CreatedAt  time.Time        `json:"createdAt"`
	ExpiresAt  time.Time        `json:"expiresAt"`
	Spoken     bool             `json:"spoken" doc:"Told as digits: both people compare words before anything is shown"`
	OpenedAt   *time.Time       `json:"openedAt,omitempty" doc:"First touch of the landing page; for display only"`
	RedeemedAt *time.Time       `json:"redeemedAt,omitempty"`
	RevokedAt  *time.Time       `json:"revokedAt,omitempty"`
}

type (
	invitationInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	invitationOutput   struct{ Body Invitation }
	newInvitationInput struct {
		ID   string `path:"id" maxLength:"64" doc:"The ticket"`
		Body struct {
			JoinHash string `json:"joinHash" maxLength:"64" doc:"SHA-256 of the link's join value"`
			PageHash string `json:"pageHash" maxLength:"64" doc:"SHA-256 of the link's page value"`
			Spoken   bool   `json:"spoken,omitempty" doc:"Both are of nine digits that are told; it lives for 10 minutes at most"`
			Code     string `json:"code,omitempty" maxLength:"20" doc:"These digits, to be handed to the person who waits at the help page: the broker knows them then, and both people compare words"`
		}
	}
	newInvitationOutput struct {
		Body struct {
			Invitation Invitation `json:"invitation"`
			Session    Session    `json:"session"`
		}
	}
)

func (s *Server) registerInvitations(api huma.API) {
	register(api, created(operation(http.MethodPost, "/tickets/{id}/invitations", "invite", "Make a one-time link and its session")), s.invite)
	register(api, operation(http.MethodGet, "/invitations/{id}", "getInvitation", "How far an own link has come"), s.getInvitation)
	register(api, operation(http.MethodPost, "/invitations/{id}/revoke", "revokeInvitation", "Take an own link back"), s.revokeInvitation)
}

func (s *Server) invite(ctx context.Context, in *newInvitationInput) (*newInvitationOutput, error) {
	who := auth.Caller(ctx)
	request := invitation.Request{Ticket: in.ID, Technician: who.Technician, Life: s.deps.InvitationLife, Spoken: in.Body.Spoken, By: auth.Actor(who.Technician)}
	var err error
	if request.JoinHash, err = decode32("joinHash", in.Body.JoinHash); err != nil {
		return nil, err
	}
	if request.PageHash, err = decode32("pageHash", in.Body.PageHash); err != nil {
		return nil, err
	}
	if err := fitting(in.Body.Code, request); err != nil {
		return nil, err
	}
	out := &newInvitationOutput{}
	err = s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		i, events, err := invitation.Create(tx, request)
		if err != nil {
			return nil, err
		}
		if in.Body.Code != "" {
			if err := handOver(tx, i, in.Body.Code); err != nil {
				return nil, err
			}
		}
		se, err := tx.Session(i.Session)
		out.Body.Invitation, out.Body.Session = invitationOf(i, se, tx.Now()), sessionOf(se)
		return events, err
	})
	return out, err
}

// fitting refuses digits that are not those of the invitation: whoever waits could do nothing with them.
func fitting(code string, r invitation.Request) error {
	if code == "" {
		return nil
	}
	secret, err := invite.ParseSpoken(code)
	if err == nil && r.Spoken {
		join, page := secret.Join(), secret.Page()
		if joined, shown := sha256.Sum256(join[:]), sha256.Sum256(page[:]); bytes.Equal(joined[:], r.JoinHash) && bytes.Equal(shown[:], r.PageHash) {
			return nil
		}
	}
	return &desk.Problem{Field: "code", Text: "must be the nine digits of a spoken code"}
}

// handOver gives the digits of an invitation to whoever waits for its ticket.
func handOver(tx *store.Tx, i store.Invitation, code string) error {
	a, asked, err := tx.Asking(i.Ticket)
	if err != nil {
		return err
	}
	if !asked || !a.WithdrawnAt.IsZero() || !tx.Now().Before(a.ExpiresAt) {
		return problem.New(http.StatusConflict, "nobody_waits", "Nobody waits for this ticket at the help page. Tell a code on the telephone, or send a link.")
	}
	return tx.HandToAsking(i.Ticket, i.ID, code)
}

func (s *Server) getInvitation(ctx context.Context, in *invitationInput) (*invitationOutput, error) {
	who := auth.Caller(ctx)
	out := &invitationOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		i, err := ownInvitation(v, in.ID, who)
		if err != nil {
			return err
		}
		se, err := v.Session(i.Session)
		out.Body = invitationOf(i, se, time.Now())
		return err
	})
	return out, err
}

func (s *Server) revokeInvitation(ctx context.Context, in *invitationInput) (*struct{}, error) {
	who := auth.Caller(ctx)
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		i, err := ownInvitation(&tx.View, in.ID, who)
		if err != nil {
			return nil, err
		}
		return invitation.Revoke(tx, i, auth.Actor(who.Technician))
	})
}

func ownInvitation(v *store.View, id string, who auth.Identity) (store.Invitation, error) {
	i, err := v.Invitation(id)
	if err == nil && i.Technician != who.ID {
		err = problem.New(http.StatusForbidden, "not_yours", "This link belongs to another technician.")
	}
	return i, err
}

func invitationOf(i store.Invitation, se store.Session, now time.Time) Invitation {
	return Invitation{
		ID: i.ID, Ticket: i.Ticket, Session: i.Session, Stage: invitation.StageOf(i, se, now),
		CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, Spoken: i.Spoken,
		OpenedAt: when(i.OpenedAt), RedeemedAt: when(i.RedeemedAt), RevokedAt: when(i.RevokedAt),
	}
}
