// Package invitation holds the life of a one-time link up to its redeem: made,
// opened, revoked, expired. Its functions change rows inside a transaction of
// the caller's and return the events that belong to the change.
//
// The broker never sees the link's secret, only SHA-256 of two values derived
// from it. Looking at a link changes nothing.
package invitation

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/record"
)

// Life is how long a link may wait for its redeem, at most and by default.
const Life = 15 * time.Minute

// SpokenLife is how long nine digits may wait.
const SpokenLife = 10 * time.Minute

// SpokenLimits bound how many codes can be tried: with 100 codes out at once, all
// tries of an hour, here and at the redeem, meet one of them with a chance of less
// than 1 in 250.
var SpokenLimits = auth.Limits{PerAddress: 10, Global: 300}

// Request asks for an invitation.
type Request struct {
	Ticket             string
	Technician         store.Technician // who will help: the session's owner
	JoinHash, PageHash []byte           // SHA-256 of the link's join and page values
	Life               time.Duration    // 0: Life
	Spoken             bool             // told as nine digits; lives at most SpokenLife
	By                 record.Actor
}

// Create makes an invitation and its session, and marks the ticket as being
// helped when nobody works on it yet.
func Create(tx *store.Tx, r Request) (store.Invitation, []record.Event, error) {
	if len(r.JoinHash) != sha256.Size || len(r.PageHash) != sha256.Size {
		return store.Invitation{}, nil, problem.New(http.StatusUnprocessableEntity, "invalid", "joinHash and pageHash must be 32 bytes in base64url.")
	}
	if !slices.Contains(r.Technician.Roles, desk.Technician) {
		return store.Invitation{}, nil, problem.New(http.StatusForbidden, "role_missing", "Only an account with the role technician can help.")
	}
	tk, err := tx.Ticket(r.Ticket)
	if err != nil {
		return store.Invitation{}, nil, err
	}
	if tk.State == desk.Closed {
		return store.Invitation{}, nil, problem.New(http.StatusConflict, "ticket_closed", "This ticket is closed. Open a new one.")
	}
	if r.Life <= 0 || r.Life > Life {
		r.Life = Life
	}
	if r.Spoken {
		r.Life = min(r.Life, SpokenLife)
	}
	i := store.Invitation{
		ID: store.NewID(), Ticket: tk.ID, Session: store.NewID(), Technician: r.Technician.ID,
		JoinHash: r.JoinHash, PageHash: r.PageHash, ExpiresAt: tx.Now().Add(r.Life), Spoken: r.Spoken,
	}
	if err := tx.InsertSession(i.Session, tk.ID, i.Technician); err != nil {
		return i, nil, err
	}
	i, err = tx.InsertInvitation(i)
	if errors.Is(err, store.ErrTaken) {
		return i, nil, problem.New(http.StatusConflict, "invitation_taken", "This link or code exists already. Make a new one.")
	}
	if err != nil {
		return i, nil, err
	}
	events := []record.Event{event(i, record.InvitationCreated{Invitation: i.ID, Expires: i.ExpiresAt, Spoken: i.Spoken}, r.By)}
	helped, err := help(tx, tk, r)
	return i, append(events, helped...), err
}

// help moves an open ticket to its helper.
func help(tx *store.Tx, tk store.Ticket, r Request) ([]record.Event, error) {
	if tk.State != desk.Open {
		return nil, nil
	}
	fields := []string{"state"}
	tk.State = desk.Helping
	if tk.Assignee == "" {
		tk.Assignee = r.Technician.ID
		fields = append(fields, "assignee")
	}
	tk, err := tx.UpdateTicket(tk)
	if err != nil {
		return nil, err
	}
	e := record.New(record.TicketChanged{Fields: fields, State: string(tk.State), Priority: int(tk.Priority)}, record.ByBroker, r.By)
	e.Ticket = tk.ID
	return []record.Event{e}, nil
}

// Revoke takes a link back and ends its session. A link that was redeemed is
// past that: its session must be ended.
func Revoke(tx *store.Tx, i store.Invitation, by record.Actor) ([]record.Event, error) {
	done, err := tx.RevokeInvitation(i.ID)
	if err != nil {
		return nil, err
	}
	if !done {
		if i.RevokedAt.IsZero() {
			return nil, problem.New(http.StatusConflict, "invitation_used", "This link was used already. End the session instead.")
		}
		return nil, nil // revoked before: the same again
	}
	return end(tx, i, record.InvitationRevoked{Invitation: i.ID}, signaling.Revoked, by)
}

// end ends the session that still waits for i, and returns the events of both.
func end(tx *store.Tx, i store.Invitation, why record.Data, reason signaling.Reason, by record.Actor) ([]record.Event, error) {
	events := []record.Event{event(i, why, by)}
	ended, err := tx.End(i.Session, reason)
	if err == nil && ended {
		events = append(events, event(i, record.SessionEnded{Reason: string(reason)}, by))
	}
	return events, err
}

// Open notes that somebody who holds the link touched its page.
func Open(tx *store.Tx, i store.Invitation, from string) ([]record.Event, error) {
	first, err := tx.OpenInvitation(i.ID)
	if err != nil || !first {
		return nil, err
	}
	return []record.Event{event(i, record.InvitationOpened{Invitation: i.ID, From: from}, record.Actor{Kind: record.Requester})}, nil
}

// HoldsPage reports whether page is the value whose hash the invitation has:
// only whoever holds the link knows it.
func HoldsPage(i store.Invitation, page []byte) bool {
	sum := sha256.Sum256(page)
	return subtle.ConstantTimeCompare(sum[:], i.PageHash) == 1
}

func event(i store.Invitation, data record.Data, by record.Actor) record.Event {
	e := record.New(data, record.ByBroker, by)
	e.Session, e.Ticket = i.Session, i.Ticket
	return e
}

// sweepEvery is how often links that ran out are noticed. They are refused
// from the very moment: this only tells the technician and ends the session.
const sweepEvery = 5 * time.Second

// Run ends what waits for links that ran out, until ctx ends.
func Run(ctx context.Context, j *journal.Journal, s *store.Store, log *slog.Logger) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := expire(ctx, j, s); err != nil && ctx.Err() == nil {
			log.Error("expire invitations", "error", err) // the next round tries again
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// expire looks before it writes: a broker at rest does not write.
func expire(ctx context.Context, j *journal.Journal, s *store.Store) error {
	var due []store.Invitation
	if err := s.View(ctx, func(v *store.View) (err error) {
		due, err = v.ExpiredInvitations(time.Now(), 100)
		return err
	}); err != nil || len(due) == 0 {
		return err
	}
	return j.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		due, err := tx.ExpiredInvitations(tx.Now(), 100)
		if err != nil {
			return nil, err
		}
		var all []record.Event
		for _, i := range due {
			events, err := end(tx, i, record.InvitationExpired{Invitation: i.ID}, signaling.Expired, record.Actor{Kind: record.Broker})
			if err != nil {
				return nil, fmt.Errorf("expire invitation %s: %w", i.ID, err)
			}
			all = append(all, events...)
		}
		return all, nil
	})
}
