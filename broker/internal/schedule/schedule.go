// Package schedule makes reports by the clock: of each week or month, in the zone of whoever wants them. That one was
// made, its mails and when the next one is are one transaction, so that each goes out once, whenever the broker stops.
package schedule

import (
	"context"
	"log/slog"
	"time"
	_ "time/tzdata" // zones by their names, on every machine

	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/mail"
	"beside/broker/internal/report"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// How often a report is made.
const (
	Week  = "week"
	Month = "month"
)

const (
	// hour is when it is made, in its zone: the calls of the night are in, and nobody works yet.
	hour      = 6
	lookEvery = time.Minute
)

// Zone reads the name of a time zone.
func Zone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" || len(name) > 60 {
		return nil, &desk.Problem{Field: "zone", Text: "must be one such as Europe/Berlin, or UTC"}
	}
	return zone, nil
}

// Next is when the next report is made after a moment: on a Monday or the first of a month, at six.
func Next(every string, zone *time.Location, after time.Time) time.Time {
	begin := beginning(every, after.In(zone))
	for at := begin; ; at = step(every, at, 1) {
		if due := time.Date(at.Year(), at.Month(), at.Day(), hour, 0, 0, 0, zone); due.After(after) {
			return due
		}
	}
}

// Period is the whole week or month before a moment.
func Period(every string, zone *time.Location, at time.Time) (from, to time.Time) {
	to = beginning(every, at.In(zone))
	return step(every, to, -1), to
}

func beginning(every string, t time.Time) time.Time {
	if every == Month {
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	}
	return report.Monday(t)
}

func step(every string, t time.Time, n int) time.Time {
	if every == Month {
		return t.AddDate(0, n, 0)
	}
	return t.AddDate(0, 0, 7*n)
}

// Maker makes reports.
type Maker struct {
	Store   *store.Store
	Journal *journal.Journal
	Mail    *mail.Desk // nil: this broker sends none
	Desk    string     // the broker's public address
	Log     *slog.Logger
}

// Run makes what is due until ctx ends.
func (m *Maker) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := m.Make(ctx, time.Now()); err != nil && ctx.Err() == nil {
			m.Log.Error("reports not made", "error", err) // the next round tries again
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Make makes the reports that are due at a moment. Of those that were missed while nothing ran, the last is made.
func (m *Maker) Make(ctx context.Context, now time.Time) error {
	if due, err := m.due(ctx, now); err != nil || !due {
		return err // most minutes: nobody else waits for a writer that has nothing to write
	}
	return m.Journal.Update(ctx, func(tx *store.Tx) (events []record.Event, err error) {
		all, err := tx.Schedules()
		if err != nil {
			return nil, err
		}
		for _, sc := range all {
			if sc.NextAt.After(now) {
				continue
			}
			made, err := m.one(tx, sc, now)
			if err != nil {
				return nil, err
			}
			events = append(events, made)
		}
		return events, nil
	})
}

// due reports whether a report is to be made.
func (m *Maker) due(ctx context.Context, now time.Time) (due bool, err error) {
	err = m.Store.View(ctx, func(v *store.View) error {
		all, err := v.Schedules()
		due = len(all) > 0 && !all[0].NextAt.After(now) // the next one comes first
		return err
	})
	return due, err
}

func (m *Maker) one(tx *store.Tx, sc store.Schedule, now time.Time) (record.Event, error) {
	zone, err := Zone(sc.Zone)
	if err != nil {
		return record.Event{}, err
	}
	from, to := Period(sc.Every, zone, now)
	r, err := tx.Report(from, to, now)
	if err != nil {
		return record.Event{}, err
	}
	done := record.ReportMade{Schedule: sc.ID, From: from.UTC(), To: to.UTC()}
	if m.Mail != nil {
		for _, address := range sc.Addresses {
			if err := m.Mail.Report(tx, address, r, m.Desk+"/reports"); err != nil {
				return record.Event{}, err
			}
			done.Mails++
		}
	}
	return record.New(done, record.ByBroker, record.Actor{Kind: record.Broker}), tx.ScheduleMade(sc.ID, Next(sc.Every, zone, now))
}
