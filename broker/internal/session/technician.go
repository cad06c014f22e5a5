package session

import (
	"context"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/record"
)

// Accept is the technician's yes to whoever joined: now the requester may be
// asked. A session that was accepted before is no error.
func (r *Registry) Accept(ctx context.Context, session, technician string) error {
	return r.act(ctx, session, technician, func(tx *store.Tx, se store.Session) ([]record.Event, error) {
		switch se.Phase {
		case signaling.Invited:
			return nil, errWaiting
		case signaling.Ended:
			return nil, errEnded
		case signaling.Joined:
			_, err := tx.Move(se.ID, signaling.Joined, signaling.Asking)
			return []record.Event{se.Event(record.SessionAccepted{}, record.Actor{Kind: record.Technician, ID: technician})}, err
		default:
			return nil, nil
		}
	})
}

// End ends a session by its technician. One that had ended is no error.
func (r *Registry) End(ctx context.Context, session, technician string, reason signaling.Reason) error {
	return r.act(ctx, session, technician, func(tx *store.Tx, se store.Session) ([]record.Event, error) {
		return end(tx, se, reason, record.Actor{Kind: record.Technician, ID: technician})
	})
}

// act changes a session that belongs to the technician.
func (r *Registry) act(ctx context.Context, session, technician string, change func(*store.Tx, store.Session) ([]record.Event, error)) error {
	return r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(session)
		if err != nil {
			return nil, err
		}
		if se.Technician != technician {
			return nil, errOwner
		}
		return change(tx, se)
	})
}

// end ends a session, unless it had ended, and returns the event.
func end(tx *store.Tx, se store.Session, reason signaling.Reason, by record.Actor) ([]record.Event, error) {
	ended, err := tx.End(se.ID, reason)
	if err != nil || !ended {
		return nil, err
	}
	return []record.Event{se.Event(record.SessionEnded{Reason: string(reason)}, by)}, nil
}
