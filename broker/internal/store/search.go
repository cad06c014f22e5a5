package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SessionSearch is what sessions are looked for by; what is empty does not narrow.
type SessionSearch struct {
	Requester  string    // part of their name
	Machine    string    // part of what the client said of its system, or of its address
	Technician string    // part of their name
	From, To   time.Time // when the session was invited to; To is not in it
	Effects    []string  // all of them
	After      Place     // in the list
}

// Place is a place in a list of sessions, the newest first: after that session. Zero:
// the beginning.
type Place struct {
	At      time.Time
	Session string
}

// FindSessions lists at most limit sessions, the newest first.
func (v *View) FindSessions(q SessionSearch, limit int) ([]Session, error) {
	few, err := v.narrow(q)
	if err != nil || few != nil && len(few) == 0 {
		return nil, err
	}
	if few == nil {
		if q.Effects, err = v.rarest(q.Effects); err != nil {
			return nil, err
		}
	}
	query, args, err := q.query(few, limit)
	if err != nil {
		return nil, err
	}
	return v.sessions("found sessions", query, args...)
}

// query writes the search. Few sessions lead, if it is known that it is among them, or
// else the first effect, if there is one: its index is in the order of the list.
func (q SessionSearch) query(few []string, limit int) (string, []any, error) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	from, at, id := sessionFrom, "session.invited_at", "session.id"
	var where []string
	if few != nil {
		ids, err := json.Marshal(few)
		if err != nil {
			return "", nil, fmt.Errorf("narrow the search: %w", err)
		}
		from = `FROM json_each(` + arg(string(ids)) + `) few CROSS JOIN session ON session.id = few.value ` + sessionJoins
	}
	for i, effect := range q.Effects {
		if i == 0 && few == nil {
			from = `FROM session_effect JOIN session ON session.id = session_effect.session ` + sessionJoins
			at, id = "session_effect.at", "session_effect.session"
			where = append(where, "session_effect.effect = "+arg(effect))
			continue
		}
		where = append(where, "EXISTS (SELECT 1 FROM session_effect e WHERE e.effect = "+arg(effect)+" AND e.at = session.invited_at AND e.session = session.id)")
	}
	for _, text := range []struct{ column, part string }{
		{"ticket.requester", q.Requester},
		{"technician.name", q.Technician},
		{"session.system_os || ' ' || session.system_name || ' ' || session.system_version || ' ' || session.system_arch || ' ' || session.joined_from", q.Machine},
	} {
		if text.part != "" {
			where = append(where, "LOWER("+text.column+") LIKE "+arg(like(text.part))+` ESCAPE '\'`)
		}
	}
	if !q.From.IsZero() {
		where = append(where, at+" >= "+arg(millis(q.From)))
	}
	if !q.To.IsZero() {
		where = append(where, at+" < "+arg(millis(q.To)))
	}
	if q.After.Session != "" {
		before := arg(millis(q.After.At))
		where = append(where, "("+at+" < "+before+" OR "+at+" = "+before+" AND "+id+" < "+arg(q.After.Session)+")")
	}
	query := sessionColumns + from
	if len(where) > 0 {
		query += "WHERE " + strings.Join(where, " AND ") + " "
	}
	return query + "ORDER BY " + at + " DESC, " + id + " DESC LIMIT " + arg(limit), args, nil
}

// Effects are those of a session, in no order.
func (v *View) Effects(session string) ([]string, error) {
	return v.texts("effects", `SELECT effect FROM session_effect WHERE session = $1`, session)
}

// SetEffects replaces the effects of a session. They are derived, so no event tells of
// it.
func (t *Tx) SetEffects(session string, effects []string) error {
	if _, err := t.exec(`DELETE FROM session_effect WHERE session = $1`, session); err != nil {
		return err
	}
	for _, e := range effects {
		if _, err := t.exec(`INSERT INTO session_effect (effect, at, session) SELECT $1, invited_at, id FROM session WHERE id = $2`, e, session); err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE session SET effects_at = $1 WHERE id = $2`, millis(t.now), session)
	return err
}

// ForgetEffects has the effects of a session derived anew: there is another event.
func (t *Tx) ForgetEffects(session string) error {
	_, err := t.exec(`UPDATE session SET effects_at = 0 WHERE id = $1`, session)
	return err
}

// WithoutEffects lists at most limit sessions whose record is closed and whose effects
// were not derived yet.
func (v *View) WithoutEffects(limit int) ([]string, error) {
	return v.texts("sessions without effects", `SELECT id FROM session WHERE effects_at = 0 AND sealed_at > 0 LIMIT $1`, limit)
}
