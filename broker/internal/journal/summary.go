package journal

import (
	"time"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Summary says in a few facts what happened in a session.
type Summary struct {
	StartedAt, EndedAt time.Time // of the time in which rights were granted; zero: never, not yet
	Viewed             bool      // the screen was shown
	Controlled         bool      // keyboard or mouse were used
}

// MaxSessionEvents bounds what is read of one session.
const MaxSessionEvents = 10_000

// EventsOf reads at most limit events of a session after seq, in the caller's
// snapshot. No session has no events.
func EventsOf(v *store.View, session string, after int64, limit int) ([]record.Event, error) {
	if session == "" {
		return nil, nil
	}
	leaves, err := v.Leaves(session, after, limit)
	if err != nil {
		return nil, err
	}
	return parse(leaves)
}

// Summarise reads the facts from a session's events.
func Summarise(se store.Session, events []record.Event) Summary {
	s := Summary{StartedAt: se.LiveAt, EndedAt: se.EndedAt}
	for _, e := range events {
		switch e.Kind {
		case record.KindCaptureStarted:
			s.Viewed = true
		case record.KindControlStarted:
			s.Controlled = true
		}
	}
	return s
}
