package store

import (
	"errors"
	"time"

	"beside/broker/internal/desk"
	"beside/signaling"
)

// Counts is how much there is of everything that somebody watches over.
type Counts struct {
	Tickets       map[desk.State]int64
	Overdue       int64                     // open tickets whose help was due before
	Sessions      map[signaling.Phase]int64 // those that have not ended
	Events        int64                     // in the log
	Signed        int64                     // of them, under the newest checkpoint
	RecordedBytes int64
	Alarms        int64 // of requesters, that nobody took up
}

// Counts reads them all at one moment.
func (v *View) Counts(now time.Time) (c Counts, err error) {
	c.Tickets, c.Sessions = map[desk.State]int64{}, map[signaling.Phase]int64{}
	for _, s := range desk.States() {
		c.Tickets[s] = 0
	}
	c.RecordedBytes, err = v.RecordedBytes()
	if err != nil {
		return c, err
	}
	if c.Events, err = v.LastSeq(); err != nil {
		return c, err
	}
	last, err := v.LastCheckpoint("")
	if err != nil && !errors.Is(err, ErrNotFound) {
		return c, err
	}
	c.Signed = last.Size
	err = errors.Join(
		v.rows("count tickets", func(s scanner) error {
			var state desk.State
			var n int64
			err := s.Scan(&state, &n)
			c.Tickets[state] = n
			return err
		}, `SELECT state, COUNT(*) FROM ticket GROUP BY state`),
		v.rows("count sessions", func(s scanner) error {
			var phase signaling.Phase
			var n int64
			err := s.Scan(&phase, &n)
			c.Sessions[phase] = n
			return err
		}, `SELECT phase, COUNT(*) FROM session WHERE phase <> $1 GROUP BY phase`, signaling.Ended),
		v.row("count overdue tickets", func(s scanner) error { return s.Scan(&c.Overdue) },
			`SELECT COUNT(*) FROM ticket WHERE state = 'open' AND `+dueAt+` < $1`, millis(now)),
		v.row("count alarms", func(s scanner) error { return s.Scan(&c.Alarms) }, `SELECT COUNT(*) FROM alarm WHERE seen_at = 0`),
	)
	return c, err
}
