package store

import (
	"time"

	"beside/broker/internal/report"
)

// Calls reads what a report takes: all tickets that came in [since, to), and those
// from before that were not resolved by then.
func (v *View) Calls(since, to time.Time) (all []report.Call, err error) {
	err = v.rows("calls", func(s scanner) error {
		var c report.Call
		var spent int64
		err := s.Scan(&c.Number, &c.Subject, &c.Category, &c.Requester, &c.Technician, &c.Priority,
			instant{&c.Created}, instant{&c.Due}, instant{&c.Helped}, instant{&c.Resolved}, &c.Rated, &c.RatedHelped, &spent, &c.Withdrawn)
		c.Spent = time.Duration(spent) * time.Millisecond
		all = append(all, c)
		return err
	}, `SELECT ticket.number, ticket.subject, ticket.category, ticket.requester, COALESCE(technician.name, ''), ticket.priority,
			ticket.created_at, `+dueAt+`, COALESCE((SELECT MIN(session.invited_at) FROM session WHERE session.ticket = ticket.id), 0), ticket.resolved_at,
			(SELECT COUNT(*) FROM rating JOIN session ON session.id = rating.session WHERE session.ticket = ticket.id),
			(SELECT COUNT(*) FROM rating JOIN session ON session.id = rating.session WHERE session.ticket = ticket.id AND rating.helped = 1),
			60000 * ticket.minutes + `+liveTime+`,
			EXISTS (SELECT 1 FROM asking WHERE asking.ticket = ticket.id AND asking.withdrawn_at > 0)
		FROM ticket LEFT JOIN technician ON technician.id = ticket.assignee
		WHERE ticket.created_at < $2 AND (ticket.created_at >= $1 OR ticket.resolved_at = 0 OR ticket.resolved_at >= $2)
		ORDER BY ticket.created_at, ticket.number`, millis(since), millis(to))
	return all, err
}

// Report makes the report of a period at a moment.
func (v *View) Report(from, to, now time.Time) (report.Report, error) {
	calls, err := v.Calls(from.Add(-max(to.Sub(from), report.Again)), to)
	if err != nil {
		return report.Report{}, err
	}
	return report.Of(calls, from, to, now), nil
}
