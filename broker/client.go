package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"beside/broker/internal/journal"
	"beside/broker/internal/store"
)

type clientCommand struct {
	OS  string `name:"os" help:"System that it is for." enum:"linux" default:"linux"`
	Out string `required:"" help:"File to write." placeholder:"FILE"`
	where
}

// Run implements the subcommand.
func (k clientCommand) Run(c *call) error {
	known, _, err := k.site(c.data)
	if err != nil {
		return err
	}
	shelf, err := known.shelf(c.data)
	if err != nil {
		return err
	}
	var root string
	err = c.withStore(func(s *store.Store, _ *journal.Journal) error {
		return s.View(c.ctx, func(v *store.View) (err error) {
			root, err = v.AuditorsRoot()
			return err
		})
	})
	if err != nil {
		return err
	}
	client, err := shelf.Get(k.OS, root)
	if err != nil {
		return err
	}
	if err := writeProgram(k.Out, client.Bytes); err != nil {
		return fmt.Errorf("write the client: %w", err)
	}
	return c.answer(struct {
		File   string `json:"file"`
		SHA256 string `json:"sha256"`
		Broker string `json:"broker"`
	}{k.Out, client.SHA256, known.URL}, "%s: client for %s, SHA-256 %s\n", k.Out, known.URL, client.SHA256)
}

// writeProgram replaces file whole: one that runs now is not disturbed.
func writeProgram(file string, body []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".beside-client-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone after the rename
	_, err = temp.Write(body)
	if err = errors.Join(err, temp.Chmod(0o755), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}
