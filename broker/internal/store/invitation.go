package store

import (
	"time"

	"beside/signaling"
)

// Invitation is the one-time right to join as the requester's side. The broker
// knows only hashes of what the link holds.
type Invitation struct {
	ID, Ticket, Session, Technician string
	JoinHash, PageHash              []byte // SHA-256 of the join and page values
	CreatedAt, ExpiresAt            time.Time
	OpenedAt, RedeemedAt, RevokedAt time.Time // zero: not yet
	Spoken                          bool      // told as digits, so that words are compared
	Unable                          string    // why a client could not show its screen; empty: none said so
}

const invitationColumns = `id, ticket, session, technician, join_hash, page_hash, created_at, expires_at, opened_at, redeemed_at, revoked_at, spoken, unable`

func (i *Invitation) scan(s scanner) error {
	return s.Scan(&i.ID, &i.Ticket, &i.Session, &i.Technician, binary{&i.JoinHash}, binary{&i.PageHash},
		instant{&i.CreatedAt}, instant{&i.ExpiresAt}, instant{&i.OpenedAt}, instant{&i.RedeemedAt}, instant{&i.RevokedAt}, &i.Spoken, &i.Unable)
}

// InsertInvitation adds an invitation to a session that InsertSession made, and
// sets CreatedAt. The caller sets ID, so that it can be in the link.
func (t *Tx) InsertInvitation(i Invitation) (Invitation, error) {
	i.CreatedAt = t.now
	_, err := t.audited("make invitation", `INSERT INTO invitation (id, ticket, session, technician, join_hash, page_hash, created_at, expires_at, spoken)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		i.ID, i.Ticket, i.Session, i.Technician, encode(i.JoinHash), encode(i.PageHash), millis(i.CreatedAt), millis(i.ExpiresAt), number(i.Spoken))
	return i, err
}

// Invitation reads one invitation.
func (v *View) Invitation(id string) (i Invitation, err error) {
	err = v.row("invitation "+id, i.scan, `SELECT `+invitationColumns+` FROM invitation WHERE id = $1`, id)
	return i, err
}

// InvitationByJoin reads the invitation of SHA-256(join). Those of links and those
// that were spoken are found apart: the limits for guessing the latter are others.
func (v *View) InvitationByJoin(hash []byte, spoken bool) (i Invitation, err error) {
	err = v.row("invitation", i.scan, `SELECT `+invitationColumns+` FROM invitation WHERE join_hash = $1 AND spoken = $2`, encode(hash), number(spoken))
	return i, err
}

// InvitationByPage reads the invitation of SHA-256(page), as InvitationByJoin.
func (v *View) InvitationByPage(hash []byte, spoken bool) (i Invitation, err error) {
	err = v.row("invitation", i.scan, `SELECT `+invitationColumns+` FROM invitation WHERE page_hash = $1 AND spoken = $2`, encode(hash), number(spoken))
	return i, err
}

// InvitationOfSession reads the invitation that a session began with.
func (v *View) InvitationOfSession(session string) (i Invitation, err error) {
	err = v.row("invitation of session "+session, i.scan, `SELECT `+invitationColumns+` FROM invitation WHERE session = $1`, session)
	return i, err
}

// RedeemInvitation takes the invitation: once, in time, not revoked. It reports
// false when it cannot be redeemed any more.
func (t *Tx) RedeemInvitation(id string) (bool, error) {
	return t.audited("redeem invitation", `UPDATE invitation SET redeemed_at = $1
		WHERE id = $2 AND redeemed_at = 0 AND revoked_at = 0 AND expires_at > $1`, millis(t.now), id)
}

// RevokeInvitation takes the invitation back unless it was redeemed or revoked
// before, and reports whether it did.
func (t *Tx) RevokeInvitation(id string) (bool, error) {
	return t.audited("revoke invitation", `UPDATE invitation SET revoked_at = $1
		WHERE id = $2 AND redeemed_at = 0 AND revoked_at = 0`, millis(t.now), id)
}

// OpenInvitation notes that somebody with the link touched its page. Only the
// first time counts; it reports whether this was it.
func (t *Tx) OpenInvitation(id string) (bool, error) {
	return t.audited("open invitation", `UPDATE invitation SET opened_at = $1 WHERE id = $2 AND opened_at = 0`, millis(t.now), id)
}

// MarkUnable notes why a client with the link cannot show its screen, and
// reports whether that is new.
func (t *Tx) MarkUnable(id, code string) (bool, error) {
	return t.audited("note that a machine cannot be shown", `UPDATE invitation SET unable = $1 WHERE id = $2 AND unable <> $1`, code, id)
}

// ExpiredInvitations lists invitations that ran out unused while their session
// still waits for it, so that both can be ended.
func (v *View) ExpiredInvitations(now time.Time, limit int) ([]Invitation, error) {
	var all []Invitation
	err := v.rows("expired invitations", func(s scanner) error {
		var i Invitation
		err := i.scan(s)
		all = append(all, i)
		return err
	}, `SELECT `+invitationColumns+` FROM invitation
		WHERE redeemed_at = 0 AND revoked_at = 0 AND expires_at <= $1
		AND EXISTS (SELECT 1 FROM session WHERE session.id = invitation.session AND session.phase = $2)
		ORDER BY expires_at LIMIT $3`, millis(now), signaling.Invited, limit)
	return all, err
}
