// Package retention deletes what is kept beside the log when its time is up, and keeps
// what is held. The log itself stays whole: of personal data it holds commitments, of
// recordings hashes, so every proof stands.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// MaxDays bounds what is kept for a time: ten years.
const MaxDays = 3660

const (
	day    = 24 * time.Hour
	atOnce = 100 // sessions or recordings in one round
)

// Errors of who wants to delete or hold.
var (
	ErrHeld   = errors.New("the session is held: nothing that is kept of it may be deleted before the hold is released")
	ErrDays   = fmt.Errorf("days must be 0 to %d", MaxDays)
	ErrReason = errors.New("unknown reason of a hold")
	ErrAlarm  = errors.New("the requester said that this felt wrong: that hold is for good")
)

// Reasons are why a session can be held. They are a closed set: the log is no place for
// words about people.
func Reasons() []string { return []string{"dispute", "investigation", "request", "other"} }

// Hold holds a session: nothing that is kept of it is deleted, whatever its age. Once is
// enough.
func Hold(tx *store.Tx, session, reason string, by record.Actor) ([]record.Event, error) {
	if !slices.Contains(Reasons(), reason) {
		return nil, ErrReason
	}
	se, err := tx.Session(session)
	if err != nil {
		return nil, err
	}
	fresh, err := tx.SetHold(session, reason, by.ID)
	if err != nil || !fresh {
		return nil, err
	}
	return []record.Event{se.Event(record.SessionHeld{Reason: reason}, by)}, nil
}

// Release ends a hold. An alarm's is for good.
func Release(tx *store.Tx, session string, by record.Actor) ([]record.Event, error) {
	se, err := tx.Session(session)
	if err != nil {
		return nil, err
	}
	released, err := tx.ReleaseHold(session)
	if err != nil {
		return nil, err
	}
	if held, err := tx.Held(session); err != nil || held {
		return nil, errors.Join(err, ErrAlarm)
	}
	if !released {
		return nil, nil
	}
	return []record.Event{se.Event(record.SessionReleased{}, by)}, nil
}

// Set says for how many days personal data and recordings are kept; 0: for good.
func Set(tx *store.Tx, personal, recordings int, by record.Actor) ([]record.Event, error) {
	for _, days := range []int{personal, recordings} {
		if days < 0 || days > MaxDays {
			return nil, fmt.Errorf("%w: %d", ErrDays, days)
		}
	}
	before, err := tx.Retention()
	if err != nil || before.Personal == personal && before.Recordings == recordings && !before.ChangedAt.IsZero() {
		return nil, err
	}
	return []record.Event{record.New(record.RetentionChanged{PersonalDays: personal, RecordingDays: recordings}, record.ByBroker, by)},
		tx.SetRetention(personal, recordings)
}

// Erase deletes the personal data of a session or an account beside the log, and says of
// how many events. A session that is held keeps it.
func Erase(tx *store.Tx, subject string, by record.Actor) (int64, []record.Event, error) {
	if held, err := tx.Held(subject); err != nil || held {
		return 0, nil, errors.Join(err, ErrHeld)
	}
	erased, err := tx.ErasePersonal(subject)
	if err != nil || erased == 0 {
		return 0, nil, err
	}
	return erased, []record.Event{record.New(record.PersonErased{Subject: subject, Events: erased}, record.ByBroker, by)}, nil
}

// Sweeper deletes what is too old.
type Sweeper struct {
	Store      *store.Store
	Journal    *journal.Journal
	Recordings *recording.Shelf
	Log        *slog.Logger
}

// Sweep deletes what was too old at a time: at most a hundred of each kind, the rest in
// the next round.
func (s *Sweeper) Sweep(ctx context.Context, now time.Time) error {
	var rules store.Retention
	if err := s.Store.View(ctx, func(v *store.View) (err error) {
		rules, err = v.Retention()
		return err
	}); err != nil {
		return err
	}
	var err error
	if rules.Personal > 0 {
		err = s.personal(ctx, now.Add(-time.Duration(rules.Personal)*day))
	}
	if rules.Recordings > 0 {
		err = errors.Join(err, s.recordings(ctx, now.Add(-time.Duration(rules.Recordings)*day)))
	}
	return err
}

var broker = record.Actor{Kind: record.Broker}

func (s *Sweeper) personal(ctx context.Context, before time.Time) error {
	return s.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		sessions, err := tx.PersonalBefore(before, atOnce)
		if err != nil {
			return nil, err
		}
		var events []record.Event
		for _, id := range sessions {
			_, told, err := Erase(tx, id, broker)
			if err != nil {
				return nil, fmt.Errorf("erase session %s: %w", id, err)
			}
			events = append(events, told...)
		}
		last, err := tx.LastBefore(before)
		if err != nil {
			return nil, err
		}
		if erased, err := tx.EraseAccounts(last); err != nil || erased > 0 {
			return append(events, record.New(record.PersonErased{Subject: "accounts", Events: erased}, record.ByBroker, broker)), err
		}
		return events, nil
	})
}

func (s *Sweeper) recordings(ctx context.Context, before time.Time) error {
	var old []store.Recording
	if err := s.Store.View(ctx, func(v *store.View) (err error) {
		old, err = v.RecordingsBefore(before, atOnce)
		return err
	}); err != nil {
		return err
	}
	for _, r := range old {
		err := s.Recordings.Delete(ctx, r.Session, r.ID, "retention", broker)
		if errors.Is(err, recording.ErrHeld) {
			continue // since a moment ago
		}
		if err != nil {
			return err
		}
	}
	if len(old) > 0 {
		s.Log.Info("recordings deleted: their time was up", "recordings", len(old))
	}
	return nil
}
