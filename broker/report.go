package main

import (
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/report"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
)

type reportCommand struct {
	From string `required:"" help:"First day." placeholder:"2026-03-01"`
	To   string `required:"" help:"Last day." placeholder:"2026-03-31"`
	Zone string `help:"Time zone in which days and weeks begin." default:"Local" placeholder:"Europe/Berlin"`
	CSV  bool   `name:"csv" help:"Every table, as CSV."`
}

// Run implements the subcommand.
func (r reportCommand) Run(c *call) error {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return bad("zone", r.Zone, "name one such as Europe/Berlin, or UTC")
	}
	from, err := time.ParseInLocation(time.DateOnly, r.From, zone)
	if err != nil {
		return bad("from", r.From, "write it as 2026-03-01")
	}
	to, err := time.ParseInLocation(time.DateOnly, r.To, zone)
	if err != nil {
		return bad("to", r.To, "write it as 2026-03-31")
	}
	to = to.AddDate(0, 0, 1)
	if !from.Before(to) || to.Sub(from) > web.MaxPeriod {
		return bad("to", r.To, "a period ends after its beginning, and has 400 days at most")
	}
	return c.withStore(func(s *store.Store, _ *journal.Journal) error {
		var made report.Report
		if err := s.View(c.ctx, func(v *store.View) (err error) {
			made, err = v.Report(from, to, time.Now())
			return err
		}); err != nil {
			return err
		}
		if r.CSV {
			return made.WriteCSV(c.stdout)
		}
		return c.answer(web.ReportOf(made), "%s", made.Text())
	})
}
