package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// operator is whoever runs a subcommand.
func operator() record.Actor { return record.Actor{Kind: record.Operator} }

// withStore opens the database for one subcommand; the server may run.
func (c *call) withStore(do func(*store.Store, *journal.Journal) error) error {
	s, err := store.Open(c.ctx, c.data)
	if err != nil {
		return err
	}
	return errors.Join(do(s, journal.New(s)), s.Close())
}

type accountCommand struct {
	Add     accountAddCommand     `cmd:"" help:"Make an account."`
	List    accountListCommand    `cmd:"" help:"List the accounts."`
	Role    accountRoleCommand    `cmd:"" help:"Give an account other roles; sessions of who may no longer help end."`
	Disable accountDisableCommand `cmd:"" help:"Close an account: it is signed out everywhere and its sessions end."`
	Enable  accountEnableCommand  `cmd:"" help:"Open a closed account again."`
}

type accountAddCommand struct {
	Email string   `required:"" help:"Address by which the account is named."`
	Name  string   `required:"" help:"Name that requesters are shown."`
	Role  []string `help:"technician, auditor or administrator; more than one with commas." default:"technician"`
}

// account is how accounts are answered.
type account struct {
	ID       string      `json:"id"`
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Roles    []desk.Role `json:"roles"`
	Disabled bool        `json:"disabled"`
}

func accountOf(tn store.Technician) account {
	return account{tn.ID, tn.Email, tn.Name, tn.Roles, tn.Disabled()}
}

// Run implements the subcommand.
func (t accountAddCommand) Run(c *call) error {
	roles, err := desk.ParseRoles(t.Role)
	if err != nil {
		return err
	}
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		var made store.Technician
		err := j.Update(c.ctx, func(tx *store.Tx) (events []record.Event, err error) {
			made, events, err = auth.AddTechnician(tx, t.Email, t.Name, roles, operator())
			return events, err
		})
		if err != nil {
			return err
		}
		return c.answer(accountOf(made), "Added %s <%s> as %s.\n", made.Name, made.Email, desk.JoinRoles(made.Roles))
	})
}

type accountListCommand struct{}

// Run implements the subcommand.
func (accountListCommand) Run(c *call) error {
	return c.withStore(func(s *store.Store, _ *journal.Journal) error {
		var all []store.Technician
		if err := s.View(c.ctx, func(v *store.View) (err error) {
			all, err = v.Technicians()
			return err
		}); err != nil {
			return err
		}
		accounts := make([]account, len(all))
		var text strings.Builder
		for i, tn := range all {
			accounts[i] = accountOf(tn)
			closed := ""
			if tn.Disabled() {
				closed = "  (disabled)"
			}
			fmt.Fprintf(&text, "%-30s %-24s %s%s\n", tn.Email, tn.Name, desk.JoinRoles(tn.Roles), closed)
		}
		return c.answer(struct {
			Accounts []account `json:"accounts"`
		}{accounts}, "%s", text.String())
	})
}

type accountRoleCommand struct {
	Email string   `arg:"" help:"Whose."`
	Role  []string `arg:"" help:"technician, auditor or administrator: all that the account shall hold."`
}

// Run implements the subcommand.
func (r accountRoleCommand) Run(c *call) error {
	roles, err := desk.ParseRoles(r.Role)
	if err != nil {
		return err
	}
	return c.changeAccount(r.Email, func(tx *store.Tx, tn store.Technician) ([]record.Event, error) {
		return auth.ChangeRoles(tx, tn, roles, operator())
	}, func(tn store.Technician) string { return "is " + desk.JoinRoles(tn.Roles) })
}

type accountDisableCommand struct {
	Email string `arg:"" help:"Whose."`
}

// Run implements the subcommand.
func (d accountDisableCommand) Run(c *call) error {
	return c.changeAccount(d.Email, func(tx *store.Tx, tn store.Technician) ([]record.Event, error) {
		return auth.Disable(tx, tn, operator())
	}, func(store.Technician) string { return "is disabled and signed out everywhere" })
}

type accountEnableCommand struct {
	Email string `arg:"" help:"Whose."`
}

// Run implements the subcommand.
func (e accountEnableCommand) Run(c *call) error {
	return c.changeAccount(e.Email, func(tx *store.Tx, tn store.Technician) ([]record.Event, error) {
		return auth.Enable(tx, tn, operator())
	}, func(store.Technician) string { return "may sign in again" })
}

// changeAccount changes one account and answers how it is then.
func (c *call) changeAccount(email string, change func(*store.Tx, store.Technician) ([]record.Event, error), now func(store.Technician) string) error {
	return c.withStore(func(s *store.Store, j *journal.Journal) error {
		tn, err := technicianByEmail(c, s, email)
		if err != nil {
			return err
		}
		if err := j.Update(c.ctx, func(tx *store.Tx) ([]record.Event, error) {
			events, err := change(tx, tn)
			if err != nil {
				return nil, err
			}
			tn, err = tx.Technician(tn.ID)
			return events, err
		}); err != nil {
			return err
		}
		return c.answer(accountOf(tn), "%s %s.\n", tn.Email, now(tn))
	})
}

type signinLinkCommand struct {
	Email string `arg:"" help:"Whose."`
	where
}

// Run implements the subcommand.
func (l signinLinkCommand) Run(c *call) error {
	_, at, err := l.site(c.data)
	if err != nil {
		return err
	}
	return c.withStore(func(s *store.Store, j *journal.Journal) error {
		tn, err := technicianByEmail(c, s, l.Email)
		if err != nil {
			return err
		}
		if tn.Disabled() {
			return fmt.Errorf("the account %s is disabled; open it with beside account enable", tn.Email)
		}
		link, expires, err := auth.MakeLink(c.ctx, j, tn.ID, operator())
		if err != nil {
			return err
		}
		return c.answer(struct {
			Link    string    `json:"link"`
			Expires time.Time `json:"expires"`
		}{signInURL(at, link), expires}, "%s\nIt signs %s in once, until %s.\n", signInURL(at, link), tn.Email, expires.Local().Format(time.TimeOnly))
	})
}

// signInURL is the one place that shows a sign-in secret, to whoever asked for
// it; the fragment reaches no server.
func signInURL(at *url.URL, link secret.Text, more ...string) string {
	return at.String() + "/signin#" + strings.Join(append([]string{link.Reveal()}, more...), ".")
}

func technicianByEmail(c *call, s *store.Store, email string) (tn store.Technician, err error) {
	if email, err = desk.Email(email); err != nil {
		return tn, err
	}
	err = s.View(c.ctx, func(v *store.View) (err error) {
		tn, err = v.TechnicianByEmail(email)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("there is no account for %s; add one with beside account add", email)
	}
	return tn, err
}
