package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/grant"
	"beside/signaling/record"
)

type policyCommand struct {
	Show policyShowCommand `cmd:"" help:"Print what requesters may be asked for."`
	Set  policySetCommand  `cmd:"" help:"Change it; a policy only narrows. Live sessions follow at once."`
}

type (
	policyShowCommand struct{}
	policySetCommand  struct {
		Scopes    *string `help:"What may be asked for, with spaces between; empty: nothing, so that nobody can be helped." placeholder:"SCOPES"`
		Recording string  `help:"off, allowed or required; without it, as before." enum:",off,allowed,required" default:""`
		Asking    string  `help:"Whether whoever reaches the broker may ask for help at /help: off or on; without it, as before." enum:",off,on" default:""`
	}
)

// policy is how the policy is answered.
type policy struct {
	Offered   []grant.Scope         `json:"offered"`
	Scopes    []grant.Scope         `json:"scopes"`
	Recording session.RecordingMode `json:"recording"`
	Asking    bool                  `json:"asking"`
}

func policyOf(v *store.View) (p policy, err error) {
	scopes, err := session.Policy(v)
	if err != nil {
		return p, err
	}
	if _, p.Recording, err = session.RecordingPolicy(v); err != nil {
		return p, err
	}
	p.Asking, err = v.AskingAllowed()
	p.Offered, p.Scopes = session.Offered().Scopes(), scopes.Scopes()
	return p, err
}

func (p policy) answer(c *call) error {
	names := make([]string, len(p.Scopes))
	for i, s := range p.Scopes {
		names[i] = string(s)
	}
	if len(names) == 0 {
		names = []string{"nothing"}
	}
	return c.answer(p, "May be asked for: %s\nRecording: %s\nHelp page: %s\n", strings.Join(names, " "), p.Recording, onOff(p.Asking))
}

// Run implements the subcommand.
func (policyShowCommand) Run(c *call) error {
	return c.withStore(func(s *store.Store, _ *journal.Journal) error {
		var p policy
		err := s.View(c.ctx, func(v *store.View) (err error) {
			p, err = policyOf(v)
			return err
		})
		if err != nil {
			return err
		}
		return p.answer(c)
	})
}

// Run implements the subcommand.
func (p policySetCommand) Run(c *call) error {
	if p.Scopes == nil && p.Recording == "" && p.Asking == "" {
		return &usageError{errors.New("say what to change: --scopes, --recording, --asking or several")}
	}
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		var now policy
		err := j.Update(c.ctx, func(tx *store.Tx) (events []record.Event, err error) {
			if events, err = p.apply(tx); err != nil {
				return nil, err
			}
			now, err = policyOf(&tx.View)
			return events, err
		})
		if err != nil {
			return err
		}
		return now.answer(c)
	})
}

func (p policySetCommand) apply(tx *store.Tx) (events []record.Event, err error) {
	if p.Scopes != nil {
		scopes, err := grant.ParseSet(*p.Scopes)
		if err != nil {
			return nil, &usageError{err}
		}
		if events, err = session.SetPolicy(tx, scopes, operator()); err != nil {
			return nil, err
		}
	}
	if p.Recording != "" {
		more, err := session.SetRecordingPolicy(tx, session.RecordingMode(p.Recording), operator())
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	if p.Asking == "" {
		return events, nil
	}
	more, err := ticket.SetAskingAllowed(tx, p.Asking == "on", operator())
	return append(events, more...), err
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

type keysCommand struct {
	List   keysListCommand   `cmd:"" help:"List the keys that sign the broker's tokens."`
	Rotate keysRotateCommand `cmd:"" help:"Let the next key sign and retire the present one; live sessions follow at once."`
}

type (
	keysListCommand   struct{}
	keysRotateCommand struct{}
)

// signingKey is how a key is answered: never with its secret half.
type signingKey struct {
	ID        string    `json:"id"`
	State     string    `json:"state"`
	CreatedAt time.Time `json:"createdAt"`
}

func answerKeys(c *call, kept []store.SigningKey) error {
	keys, text := make([]signingKey, len(kept)), &strings.Builder{}
	slices.SortFunc(kept, func(a, b store.SigningKey) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for i, k := range kept {
		keys[i] = signingKey{ID: k.ID, State: k.State(), CreatedAt: k.CreatedAt}
		text.WriteString(k.ID + " " + keys[i].State + "\n")
	}
	return c.answer(keys, "%s", text)
}

// Run implements the subcommand.
func (keysListCommand) Run(c *call) error {
	return c.withStore(func(s *store.Store, _ *journal.Journal) error {
		var kept []store.SigningKey
		err := s.View(c.ctx, func(v *store.View) (err error) {
			kept, err = v.SigningKeys()
			return err
		})
		if err != nil {
			return err
		}
		return answerKeys(c, kept)
	})
}

// Run implements the subcommand.
func (keysRotateCommand) Run(c *call) error {
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		var kept []store.SigningKey
		err := j.Update(c.ctx, func(tx *store.Tx) ([]record.Event, error) {
			events, err := session.Rotate(tx, operator())
			if err != nil {
				return nil, err
			}
			kept, err = tx.SigningKeys()
			return events, err
		})
		if err != nil {
			return err
		}
		return answerKeys(c, kept)
	})
}
