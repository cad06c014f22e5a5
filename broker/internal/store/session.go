package store

import (
	"encoding/base64"
	"fmt"
	"time"

	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// Session is one attended help. Its row owns the phase.
type Session struct {
	ID, Ticket, Technician string
	Phase                  signaling.Phase
	Reason                 signaling.Reason // of the end
	ClientKey, ViewerKey   []byte           // raw Ed25519 public keys; nil: none yet
	ClientSeq              uint64           // the client's last event that is recorded
	ClientHash             []byte           // SHA-256 of that event's statement
	Granted                grant.Set        // what the requester allows now
	System                 System
	JoinedFrom             string // truncated address

	InvitedAt, JoinedAt, AcceptedAt, LiveAt, EndedAt, SealedAt time.Time // zero: not yet

	// Read with the row, never written:
	TechnicianName, Requester, Subject string
	TicketNumber                       int64
	Invitation                         string
	OpenedAt, ExpiresAt                time.Time // of the invitation
	Spoken                             bool      // of the invitation
	Unable                             string    // of the invitation
	Colleague                          Colleague // who was called in to look on; zero: nobody
}

// Event is an event of the session that the broker saw.
func (se Session) Event(data record.Data, by record.Actor) record.Event {
	e := record.New(data, record.ByBroker, by)
	e.Session, e.Ticket = se.ID, se.Ticket
	return e
}

// System is what the client says about the machine that it runs on, and about
// itself. It is hostile text until a rule has checked it.
type System struct{ OS, Arch, Name, Version, Client string }

const sessionQuery = sessionColumns + sessionFrom

const sessionColumns = `SELECT session.id, session.ticket, session.technician, session.phase, session.reason, session.client_key, session.viewer_key,
	session.client_seq, session.client_hash, session.granted,
	session.system_os, session.system_arch, session.system_name, session.system_version, session.client_version, session.joined_from,
	session.invited_at, session.joined_at, session.accepted_at, session.live_at, session.ended_at, session.sealed_at,
	technician.name, ticket.requester, ticket.subject, ticket.number,
	COALESCE(invitation.id, ''), COALESCE(invitation.opened_at, 0), COALESCE(invitation.expires_at, 0), COALESCE(invitation.spoken, 0), COALESCE(invitation.unable, ''),
	COALESCE(colleague.key, ''), COALESCE(colleague.technician, ''), COALESCE(second.name, ''), COALESCE(colleague.until, 0), COALESCE(second.disabled_at, 0) `

const sessionFrom = `FROM session ` + sessionJoins

// sessionJoins goes behind whatever table session is joined to.
const sessionJoins = `JOIN technician ON technician.id = session.technician JOIN ticket ON ticket.id = session.ticket
	LEFT JOIN invitation ON invitation.session = session.id
	LEFT JOIN colleague ON colleague.session = session.id LEFT JOIN technician second ON second.id = colleague.technician `

func (se *Session) scan(s scanner) error {
	var granted string
	var closed int64 // when the account of the colleague was
	err := s.Scan(&se.ID, &se.Ticket, &se.Technician, &se.Phase, &se.Reason, binary{&se.ClientKey}, binary{&se.ViewerKey},
		&se.ClientSeq, binary{&se.ClientHash}, &granted,
		&se.System.OS, &se.System.Arch, &se.System.Name, &se.System.Version, &se.System.Client, &se.JoinedFrom,
		instant{&se.InvitedAt}, instant{&se.JoinedAt}, instant{&se.AcceptedAt}, instant{&se.LiveAt}, instant{&se.EndedAt}, instant{&se.SealedAt},
		&se.TechnicianName, &se.Requester, &se.Subject, &se.TicketNumber,
		&se.Invitation, instant{&se.OpenedAt}, instant{&se.ExpiresAt}, &se.Spoken, &se.Unable,
		binary{&se.Colleague.Key}, &se.Colleague.Technician, &se.Colleague.Name, instant{&se.Colleague.Until}, &closed)
	if err != nil {
		return err
	}
	if closed > 0 {
		se.Colleague = Colleague{}
	}
	se.Granted, err = grant.ParseSet(granted)
	return err
}

// InsertSession adds a session in phase invited.
func (t *Tx) InsertSession(id, ticket, technician string) error {
	_, err := t.audited("make session", `INSERT INTO session (id, ticket, technician, phase, invited_at) VALUES ($1, $2, $3, $4, $5)`,
		id, ticket, technician, signaling.Invited, millis(t.now))
	return err
}

// Session reads one session.
func (v *View) Session(id string) (se Session, err error) {
	err = v.row("session "+id, se.scan, sessionQuery+`WHERE session.id = $1`, id)
	return se, err
}

// SessionFilter narrows Sessions; empty fields do not.
type SessionFilter struct {
	Phase      signaling.Phase
	Ticket     string
	Technician string // who owns it
	// Unended leaves out what has ended.
	Unended bool
}

// Sessions lists at most limit sessions, the newest first.
func (v *View) Sessions(f SessionFilter, limit int) ([]Session, error) {
	return v.sessions("sessions", sessionQuery+`WHERE ($1 = '' OR session.phase = $1) AND ($2 = '' OR session.ticket = $2) AND ($3 = 0 OR session.phase <> $4)
		AND ($5 = '' OR session.technician = $5) ORDER BY session.invited_at DESC, session.id LIMIT $6`,
		f.Phase, f.Ticket, number(f.Unended), signaling.Ended, f.Technician, limit)
}

// sessions reads those of a query that begins with sessionColumns.
func (v *View) sessions(what, query string, args ...any) (all []Session, err error) {
	err = v.rows(what, func(s scanner) error {
		var se Session
		err := se.scan(s)
		all = append(all, se)
		return err
	}, query, args...)
	return all, err
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Join moves a session from invited to joined by the client that redeemed its
// invitation. It reports false when the session was not invited any more.
func (t *Tx) Join(id string, key []byte, system System, from string) (bool, error) {
	return t.audited("join session", `UPDATE session SET phase = $1, joined_at = $2, client_key = $3, system_os = $4, system_arch = $5,
		system_name = $6, system_version = $7, client_version = $8, joined_from = $9 WHERE id = $10 AND phase = $11`,
		signaling.Joined, millis(t.now), encode(key), system.OS, system.Arch,
		system.Name, system.Version, system.Client, from, id, signaling.Invited)
}

// Move changes the phase, if it is from and may become to; it reports false
// when it was another. The first time of each phase is kept. Ending needs a
// reason: see End.
func (t *Tx) Move(id string, from, to signaling.Phase) (bool, error) {
	if !from.CanBecome(to) || to == signaling.Ended || to == signaling.Joined {
		return false, fmt.Errorf("session %s cannot move from %s to %s", id, from, to)
	}
	return t.audited("move session", `UPDATE session SET phase = $1,
		accepted_at = CASE WHEN $1 = $2 AND accepted_at = 0 THEN $3 ELSE accepted_at END,
		live_at = CASE WHEN $1 = $4 AND live_at = 0 THEN $3 ELSE live_at END
		WHERE id = $5 AND phase = $6`, to, signaling.Asking, millis(t.now), signaling.Live, id, from)
}

// End ends a session, whatever its phase, and takes all grants with it. It
// reports false when it had ended before.
func (t *Tx) End(id string, reason signaling.Reason) (bool, error) {
	if !reason.Valid() {
		return false, fmt.Errorf("end session %s: unknown reason %q", id, string(reason))
	}
	return t.audited("end session", `UPDATE session SET phase = $1, reason = $2, granted = '', ended_at = $3 WHERE id = $4 AND phase <> $1`,
		signaling.Ended, reason, millis(t.now), id)
}

// SetGranted keeps what the requester allows now.
func (t *Tx) SetGranted(id string, granted grant.Set) error {
	_, err := t.audited("change grants", `UPDATE session SET granted = $1 WHERE id = $2 AND phase <> $3`, granted.String(), id, signaling.Ended)
	return err
}

// SetViewerKey fixes the viewer's key at its first use and reports whether key
// is the session's viewer key now. It is not audited by itself: the token that
// it is for is.
func (t *Tx) SetViewerKey(id string, key []byte) (bool, error) {
	if _, err := t.exec(`UPDATE session SET viewer_key = $1 WHERE id = $2 AND viewer_key = ''`, encode(key), id); err != nil {
		return false, fmt.Errorf("set viewer key: %w", err)
	}
	var kept string
	err := t.row("session "+id, func(s scanner) error { return s.Scan(&kept) }, `SELECT viewer_key FROM session WHERE id = $1`, id)
	return kept == base64.RawURLEncoding.EncodeToString(key), err
}

// AdvanceClient notes that the client's event seq, whose statement has the
// given hash, is recorded. It reports false unless seq is the next.
func (t *Tx) AdvanceClient(id string, seq uint64, hash []byte) (bool, error) {
	return t.audited("record client event", `UPDATE session SET client_seq = $1, client_hash = $2 WHERE id = $3 AND client_seq = $4`,
		int64(seq), encode(hash), id, int64(seq)-1)
}

// Unsealed lists at most limit sessions that a client had joined, that ended
// before a time and whose record is not closed, the oldest first.
func (v *View) Unsealed(before time.Time, limit int) ([]Session, error) {
	return v.sessions("unsealed sessions", sessionQuery+`WHERE session.sealed_at = 0 AND session.ended_at > 0 AND session.ended_at <= $1 AND session.joined_at > 0
		ORDER BY session.ended_at LIMIT $2`, millis(before), limit)
}

// Seal notes that a session's record is closed; it reports false when it was.
func (t *Tx) Seal(id string) (bool, error) {
	return t.audited("seal session", `UPDATE session SET sealed_at = $1 WHERE id = $2 AND sealed_at = 0`, millis(t.now), id)
}
