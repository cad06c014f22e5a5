package store

import (
	"strings"
	"time"
)

// Schedule is a report that is made by the clock.
type Schedule struct {
	ID        string
	Every     string // week or month
	Zone      string // in which days begin
	Addresses []string
	NextAt    time.Time
}

// Schedules lists all, the next one first.
func (v *View) Schedules() (all []Schedule, err error) {
	err = v.rows("schedules", func(s scanner) error {
		var sc Schedule
		var addresses string
		err := s.Scan(&sc.ID, &sc.Every, &sc.Zone, &addresses, instant{&sc.NextAt})
		sc.Addresses = strings.Fields(addresses)
		all = append(all, sc)
		return err
	}, `SELECT id, every, zone, addresses, next_at FROM report_schedule ORDER BY next_at, id`)
	return all, err
}

// InsertSchedule adds one.
func (t *Tx) InsertSchedule(sc Schedule) (Schedule, error) {
	sc.ID = NewID()
	_, err := t.audited("add schedule", `INSERT INTO report_schedule (id, every, zone, addresses, next_at) VALUES ($1, $2, $3, $4, $5)`,
		sc.ID, sc.Every, sc.Zone, strings.Join(sc.Addresses, " "), millis(sc.NextAt))
	return sc, err
}

// DeleteSchedule reports false when there is none.
func (t *Tx) DeleteSchedule(id string) (bool, error) {
	return t.audited("remove schedule", `DELETE FROM report_schedule WHERE id = $1`, id)
}

// ScheduleMade notes that a report was made, and when the next one is.
func (t *Tx) ScheduleMade(id string, next time.Time) error {
	_, err := t.audited("make report", `UPDATE report_schedule SET next_at = $2 WHERE id = $1`, id, millis(next))
	return err
}
