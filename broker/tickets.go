package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/invite"
	"beside/signaling/record"
)

type ticketCommand struct {
	Add ticketAddCommand `cmd:"" help:"Open a ticket."`
}

type ticketAddCommand struct {
	Subject   string     `required:"" help:"One line."`
	Requester string     `required:"" help:"Name of the person who needs help."`
	Words     string     `help:"What the person said."`
	Category  string     `help:"Such as printing."`
	Impact    desk.Level `help:"high, medium or low." enum:"high,medium,low" default:"medium"`
	Urgency   desk.Level `help:"high, medium or low." enum:"high,medium,low" default:"medium"`
}

// Run implements the subcommand.
func (t ticketAddCommand) Run(c *call) error {
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		var made store.Ticket
		err := j.Update(c.ctx, func(tx *store.Tx) (events []record.Event, err error) {
			made, events, err = ticket.Add(tx, desk.Ticket{
				Subject: t.Subject, Words: t.Words, Requester: t.Requester, Category: t.Category, Impact: t.Impact, Urgency: t.Urgency,
			}, operator())
			return events, err
		})
		if err != nil {
			return err
		}
		return c.answer(struct {
			ID       string        `json:"id"`
			Number   int64         `json:"number"`
			Priority desk.Priority `json:"priority"`
		}{made.ID, made.Number, made.Priority}, "Opened ticket %d (priority %d).\n", made.Number, made.Priority)
	})
}

type inviteCommand struct {
	Technician string `required:"" help:"E-mail address of the account that will help." placeholder:"EMAIL"`
	Ticket     string `required:"" help:"Number or id of the ticket."`
	where
}

// made is what beside invite answers. All but ID, Session and Expires are
// secret: who has Link may join as the requester, who has Open as the technician.
type made struct {
	ID      string    `json:"id"`
	Session string    `json:"session"`
	Link    string    `json:"link"`
	Secret  string    `json:"secret"` // what the client's file name carries
	Open    string    `json:"open"`
	Expires time.Time `json:"expires"`
}

// Run implements the subcommand. It plays the part of the technician's page:
// the link's secret and the invite key are made here and never kept.
func (v inviteCommand) Run(c *call) error {
	known, at, err := v.site(c.data)
	if err != nil {
		return err
	}
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("make invite key: %w", err)
	}
	s := invite.NewSecret()
	join, page := s.Join(), s.Page()
	joinHash, pageHash := sha256.Sum256(join[:]), sha256.Sum256(page[:])
	return c.withStore(func(st *store.Store, j *journal.Journal) error {
		tn, err := technicianByEmail(c, st, v.Technician)
		if err != nil {
			return err
		}
		var i store.Invitation
		err = j.Update(c.ctx, func(tx *store.Tx) (events []record.Event, err error) {
			tk, err := findTicket(tx, v.Ticket)
			if err != nil {
				return nil, err
			}
			i, events, err = invitation.Create(tx, invitation.Request{
				Ticket: tk.ID, Technician: tn, JoinHash: joinHash[:], PageHash: pageHash[:], Life: known.InvitationLife.Duration, By: operator(),
			})
			return events, err
		})
		if err != nil {
			return err
		}
		signIn, _, err := auth.MakeLink(c.ctx, j, tn.ID, operator())
		if err != nil {
			return err
		}
		link := invite.Link{Broker: at, ID: i.ID, Secret: s, Key: invite.HashKey(pub)}
		out := made{
			ID: i.ID, Session: i.Session, Link: link.String(), Secret: s.Reveal() + string(link.Key),
			Open: signInURL(at, signIn, i.Session, handover(key, s)), Expires: i.ExpiresAt,
		}
		return c.answer(out, "For the requester, once, until %s:\n  %s\nFor the technician, once, within %v:\n  %s\n",
			i.ExpiresAt.Local().Format(time.TimeOnly), out.Link, auth.LinkLife, out.Open)
	})
}

// handover is what the technician's page needs of an invitation that it did not
// make itself: the invite key's seed (32 bytes), its public key (32) and s (20
// characters), in base64url.
func handover(key ed25519.PrivateKey, s invite.Secret) string {
	return base64.RawURLEncoding.EncodeToString(append(slices.Clone(key), s.Reveal()...)) // RFC 8032: seed ‖ public key
}

// findTicket reads the ticket that a person names by id, or by number as in 7
// or #7.
func findTicket(tx *store.Tx, name string) (store.Ticket, error) {
	tk, err := tx.Ticket(name)
	if number, e := strconv.ParseInt(strings.TrimPrefix(name, "#"), 10, 64); e == nil && errors.Is(err, store.ErrNotFound) {
		tk, err = tx.TicketByNumber(number)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("there is no ticket %q; add one with beside ticket add", name)
	}
	return tk, err
}
