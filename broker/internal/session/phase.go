package session

import (
	"errors"
	"fmt"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// errScopes refuses an event whose scopes are not in the closed set.
var errScopes = errors.New("unknown scopes in an event")

// commit writes the client's next event and what follows from it, and returns
// the events of both.
func commit(tx *store.Tx, se store.Session, st record.Statement, c record.Claim, data record.Data) ([]record.Event, error) {
	next, err := tx.AdvanceClient(se.ID, c.Seq, st.Hash())
	if err != nil {
		return nil, err
	}
	if !next {
		return nil, fmt.Errorf("event %d of session %s is not the next", c.Seq, se.ID)
	}
	e := record.New(data, record.ByClient, record.Actor{Kind: record.Requester})
	e.Session, e.Ticket, e.Signed = se.ID, se.Ticket, &st
	more, err := follow(tx, se, data)
	return append([]record.Event{e}, more...), err
}

// follow changes the row as the client's fact says. A fact that does not fit
// the phase is recorded all the same and changes nothing: what the requester
// allows is decided at the client, and the row only tells of it.
func follow(tx *store.Tx, se store.Session, data record.Data) ([]record.Event, error) {
	if _, alarm := data.(record.AlarmRaised); alarm { // also after the end
		return onAlarm(tx, se)
	}
	if started, ok := data.(record.RecordingStarted); ok { // its chunks may come after the end
		return nil, onRecordingStarted(tx, se, started)
	}
	if se.Phase == signaling.Ended {
		return nil, nil
	}
	switch d := data.(type) {
	case record.ColleagueDeclined, record.ColleagueLeft:
		return nil, tx.ForgetColleague(se.ID)
	case record.ConsentAsked:
		return nil, onAsked(tx, se)
	case record.ConsentGranted:
		return nil, onGranted(tx, se, d)
	case record.ConsentDeclined:
		return onDeclined(tx, se, d)
	case record.RightsRevoked:
		return nil, onRevoked(tx, se, d)
	case record.SharingPaused:
		return nil, move(tx, se, signaling.Live, signaling.Paused)
	case record.SharingResumed:
		return nil, move(tx, se, signaling.Paused, signaling.Live)
	case record.ClientStopped:
		return onStopped(tx, se, d)
	}
	return nil, nil
}

// onAlarm keeps everything, and has somebody else told: see package alarm.
func onAlarm(tx *store.Tx, se store.Session) ([]record.Event, error) {
	fresh, err := tx.RaiseAlarm(se.ID)
	if err != nil || !fresh {
		return nil, err
	}
	return []record.Event{se.Event(record.SessionHeld{Reason: "alarm"}, record.Actor{Kind: record.Requester})}, tx.ForgetEffects(se.ID)
}

// move changes the phase if it is the given one.
func move(tx *store.Tx, se store.Session, from, to signaling.Phase) error {
	if se.Phase != from {
		return nil
	}
	_, err := tx.Move(se.ID, from, to)
	return err
}

// onAsked: another viewer, to which nothing is granted yet.
func onAsked(tx *store.Tx, se store.Session) error {
	if !se.Granted.Empty() {
		return nil // one more right for the one who has some
	}
	return errors.Join(move(tx, se, signaling.Live, signaling.Asking), move(tx, se, signaling.Paused, signaling.Asking))
}

func onGranted(tx *store.Tx, se store.Session, d record.ConsentGranted) error {
	scopes, err := grant.ParseSet(d.Scopes)
	if err != nil {
		return errScopes
	}
	return errors.Join(tx.SetGranted(se.ID, se.Granted.Union(scopes)), move(tx, se, signaling.Asking, signaling.Live))
}

// onDeclined: a no to the first question ends the session, a no to a later one
// leaves what was granted before.
func onDeclined(tx *store.Tx, se store.Session, d record.ConsentDeclined) ([]record.Event, error) {
	if se.Phase != signaling.Asking || !se.Granted.Empty() {
		return nil, nil
	}
	switch control.DeclineReason(d.Reason) {
	case control.Declined:
		return end(tx, se, signaling.Declined, record.Actor{Kind: record.Requester})
	case control.Unanswered:
		return end(tx, se, signaling.Unanswered, record.Actor{Kind: record.Requester})
	}
	return nil, nil // nobody was asked
}

func onRevoked(tx *store.Tx, se store.Session, d record.RightsRevoked) error {
	scopes, err := grant.ParseSet(d.Scopes)
	if err != nil {
		return errScopes
	}
	return tx.SetGranted(se.ID, se.Granted.Without(scopes))
}

func onStopped(tx *store.Tx, se store.Session, d record.ClientStopped) ([]record.Event, error) {
	reason := signaling.Reason(d.Reason)
	if !reason.Valid() {
		reason = signaling.ClientFailure
	}
	return end(tx, se, reason, record.Actor{Kind: record.Requester})
}
