package main

import (
	"beside/broker/internal/journal"
	"beside/broker/internal/retention"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

type auditHoldCommand struct {
	Session string `arg:"" help:"Id of the session."`
	Reason  string `help:"dispute, investigation, request or other." enum:"dispute,investigation,request,other" required:""`
}

// Run implements the subcommand.
func (h auditHoldCommand) Run(c *call) error {
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		err := j.Update(c.ctx, func(tx *store.Tx) ([]record.Event, error) { return retention.Hold(tx, h.Session, h.Reason, operator()) })
		if err != nil {
			return err
		}
		return c.answer(struct{}{}, "Held: nothing that is kept of session %s is deleted.\n", h.Session)
	})
}

type auditReleaseCommand struct {
	Session string `arg:"" help:"Id of the session."`
}

// Run implements the subcommand.
func (r auditReleaseCommand) Run(c *call) error {
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		err := j.Update(c.ctx, func(tx *store.Tx) ([]record.Event, error) { return retention.Release(tx, r.Session, operator()) })
		if err != nil {
			return err
		}
		return c.answer(struct{}{}, "Released: what is kept of session %s may be deleted when its time is up.\n", r.Session)
	})
}

type auditRetentionCommand struct {
	Personal   *int `help:"Days for which personal data beside the log is kept after a session's end; 0: for good." placeholder:"DAYS"`
	Recordings *int `help:"Days for which recordings are kept after a session's end; 0: for good." placeholder:"DAYS"`
}

// Run implements the subcommand.
func (r auditRetentionCommand) Run(c *call) error {
	return c.withStore(func(s *store.Store, j *journal.Journal) error {
		var rules store.Retention
		err := j.Update(c.ctx, func(tx *store.Tx) (events []record.Event, err error) {
			if rules, err = tx.Retention(); err != nil || r.Personal == nil && r.Recordings == nil {
				return nil, err
			}
			if r.Personal != nil {
				rules.Personal = *r.Personal
			}
			if r.Recordings != nil {
				rules.Recordings = *r.Recordings
			}
			return retention.Set(tx, rules.Personal, rules.Recordings, operator())
		})
		if err != nil {
			return err
		}
		return c.answer(struct {
			Personal   int `json:"personalDays"`
			Recordings int `json:"recordingDays"`
		}{rules.Personal, rules.Recordings}, "Days after a session's end (0: for good): personal data %d, recordings %d.\n", rules.Personal, rules.Recordings)
	})
}
