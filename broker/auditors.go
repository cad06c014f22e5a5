package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/signaling/auditors"
)

type auditorsCommand struct {
	Show auditorsShowCommand `cmd:"" help:"Print the list in force: who can open recordings, and the fingerprint of the key that signed it."`
}

type auditorsShowCommand struct{}

// Run implements the subcommand.
func (auditorsShowCommand) Run(c *call) error {
	var kept store.AuditorsList
	var published bool
	err := c.withStore(func(s *store.Store, _ *journal.Journal) error {
		return s.View(c.ctx, func(v *store.View) (err error) {
			kept, published, err = v.Auditors()
			return err
		})
	})
	if err != nil {
		return err
	}
	if !published {
		return c.answer(struct{}{}, "Nobody can open recordings: no list is published. Recording is off.\n")
	}
	list, err := auditors.Parse(kept.List)
	if err == nil {
		err = list.Verify(list.Root)
	}
	if err != nil {
		return fmt.Errorf("list of auditors in the database: %w", err)
	}
	return c.answer(struct {
		Root        string          `json:"root"`
		Fingerprint string          `json:"fingerprint"`
		List        json.RawMessage `json:"list"`
	}{auditors.FormatRoot(list.Root), auditors.Fingerprint(list.Root), kept.List},
		"List %d of %s, signed by %s:\n  %s\n", list.Number, kept.PublishedAt.UTC().Format(time.DateOnly), auditors.Fingerprint(list.Root),
		strings.Join(list.Names(), "\n  "))
}
