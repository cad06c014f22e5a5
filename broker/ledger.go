package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"beside/broker/internal/auditor"
	"beside/broker/internal/journal"
	"beside/broker/internal/retention"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/broker/internal/watch"
	"beside/signaling/evidence"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

// withLog opens the database and its log, with everything recorded so far in the tree.
func (c *call) withLog(do func(*store.Store, *journal.Journal, *sequencer.Log) error) error {
	return c.withStore(func(s *store.Store, j *journal.Journal) error {
		_, at, err := where{}.site(c.data)
		if err != nil {
			return err
		}
		l, err := sequencer.Open(c.ctx, s, at.Hostname())
		if err != nil {
			return err
		}
		if _, err := l.Advance(c.ctx); err != nil {
			return err
		}
		return do(s, j, l)
	})
}

type auditKeyCommand struct{}

// Run implements the subcommand.
func (auditKeyCommand) Run(c *call) error {
	return c.withLog(func(_ *store.Store, _ *journal.Journal, l *sequencer.Log) error {
		return c.answer(struct {
			Key string `json:"key"`
		}{l.Key().Public()}, "%s\n", l.Key().Public())
	})
}

type auditVerifyCommand struct {
	Key     string   `help:"The log's verifier key, as you know it from elsewhere. Default: the one in the database." placeholder:"KEY"`
	Seen    []string `help:"File with a signed state of the log of before; may be given again." placeholder:"FILE" type:"existingfile" sep:"none"`
	Witness []string `help:"Key of a witness whose signature is wanted, or KEY@URL to ask it too what it saw last; may be given again." placeholder:"KEY" sep:"none"`
}

// Run implements the subcommand.
func (v auditVerifyCommand) Run(c *call) error {
	return c.withLog(func(s *store.Store, _ *journal.Journal, l *sequencer.Log) error {
		trust := auditor.Trust{Log: l.Key().Verifier()}
		if v.Key != "" {
			var err error
			if trust.Log, err = note.NewVerifier(v.Key); err != nil {
				return bad("key", v.Key, "use what beside audit key prints")
			}
		}
		for _, file := range v.Seen {
			// #nosec G304 -- the file that the operator names
			signed, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			trust.Seen = append(trust.Seen, signed)
		}
		for _, text := range v.Witness {
			w, at, err := parseWitness(text)
			if err != nil {
				return bad("witness", text, err.Error())
			}
			trust.Witnesses = append(trust.Witnesses, w)
			if at == nil {
				continue
			}
			seen, err := watch.NewFeed(at, http.DefaultClient).SeenBy(c.ctx, l.Key().Name())
			if err != nil {
				return err
			}
			trust.Seen = append(trust.Seen, seen)
		}
		report, err := auditor.Verify(c.ctx, s, trust)
		if err != nil {
			return err
		}
		return c.report(report)
	})
}

// parseWitness reads KEY or KEY@URL.
func parseWitness(text string) (*ledger.Witness, *url.URL, error) {
	key, address, asked := strings.Cut(text, "@http")
	w, err := ledger.NewWitness(key)
	if err != nil || !asked {
		return w, nil, err
	}
	at, err := url.Parse("http" + address)
	if err != nil {
		return nil, nil, fmt.Errorf("write it as KEY@http://host/path")
	}
	return w, at, nil
}

// report prints what a check found; what does not hold becomes the exit code.
func (c *call) report(r *evidence.Report) error {
	err := r.Print(c.stdout)
	if c.json {
		err = json.NewEncoder(c.stdout).Encode(r)
	}
	if err == nil && r.Exit() != exitOK {
		err = verdict(r.Exit())
	}
	return err
}

type auditProveCommand struct {
	Event int64 `arg:"" help:"Sequence number."`
}

// Run implements the subcommand.
func (p auditProveCommand) Run(c *call) error {
	return c.withLog(func(s *store.Store, _ *journal.Journal, _ *sequencer.Log) error {
		var proof ledger.Proof
		if err := s.View(c.ctx, func(v *store.View) error {
			head, err := sequencer.LastIn(v, "")
			if err == nil {
				proof, err = sequencer.Inclusion(v, p.Event, head)
			}
			return err
		}); err != nil {
			return err
		}
		return c.answer(struct {
			Event int64  `json:"event"`
			Proof string `json:"proof"`
		}{p.Event, string(proof.Marshal())}, "%s", proof.Marshal())
	})
}

type auditDiffCommand struct {
	Older string `arg:"" help:"File with a signed state of the log." type:"existingfile"`
	Newer string `arg:"" help:"The same, of later; - is the log as it is now."`
}

// Run implements the subcommand.
func (d auditDiffCommand) Run(c *call) error {
	return c.withLog(func(s *store.Store, _ *journal.Journal, l *sequencer.Log) error {
		older, err := openHead(d.Older, l)
		if err != nil {
			return err
		}
		var newer ledger.Opened
		if d.Newer == "-" {
			last, err := l.Last(c.ctx, "")
			if err != nil {
				return err
			}
			newer, err = ledger.Open(last.Note, l.Key().Verifier())
			if err != nil {
				return err
			}
		} else if newer, err = openHead(d.Newer, l); err != nil {
			return err
		}
		err = s.View(c.ctx, func(v *store.View) error {
			proof, err := sequencer.Consistency(v, older.Size, newer.Size)
			if err != nil {
				return err
			}
			return ledger.CheckConsistency(older.Checkpoint, newer.Checkpoint, proof)
		})
		if err != nil {
			return err
		}
		return c.answer(struct {
			Older int64 `json:"older"`
			Newer int64 `json:"newer"`
		}{older.Size, newer.Size}, "The log of %d events begins with the %d of before.\n", newer.Size, older.Size)
	})
}

func openHead(file string, l *sequencer.Log) (ledger.Opened, error) {
	// #nosec G304 -- the file that the operator names
	signed, err := os.ReadFile(file)
	if err != nil {
		return ledger.Opened{}, err
	}
	o, err := ledger.Open(signed, l.Key().Verifier())
	if err != nil {
		return o, fmt.Errorf("%s: %w", file, err)
	}
	return o, nil
}

// evidence writes a session's evidence.
func (x auditExportCommand) evidence(c *call) error {
	return c.withLog(func(s *store.Store, j *journal.Journal, l *sequencer.Log) error {
		personal := auditor.Nobody
		if x.Personal {
			personal = auditor.Everybody
		}
		var file evidence.File
		if err := s.View(c.ctx, func(v *store.View) (err error) {
			file, err = auditor.Export(v, l.Key(), x.Session, personal)
			return err
		}); err != nil {
			return err
		}
		raw, err := file.Marshal()
		if err != nil {
			return err
		}
		told := record.New(auditor.Exported(file), record.ByBroker, operator())
		if err := j.Note(c.ctx, told); err != nil { // told before it is handed out: nobody reads unseen
			return err
		}
		if x.Out == "" {
			_, err = io.Copy(c.stdout, bytes.NewReader(raw))
			return err
		}
		if err := os.WriteFile(x.Out, raw, 0o600); err != nil {
			return err
		}
		return c.answer(struct {
			File   string `json:"file"`
			Events int    `json:"events"`
		}{x.Out, len(file.Events)}, "Wrote evidence of %d events to %s. Check it with beside-verify.\n", len(file.Events), x.Out)
	})
}

type auditEraseCommand struct {
	Subject string `arg:"" help:"Id of a session or of an account."`
}

// Run implements the subcommand.
func (e auditEraseCommand) Run(c *call) error {
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		var erased int64
		err := j.Update(c.ctx, func(tx *store.Tx) (events []record.Event, err error) {
			erased, events, err = retention.Erase(tx, e.Subject, operator())
			return events, err
		})
		if err != nil {
			return err
		}
		return c.answer(struct {
			Events int64 `json:"events"`
		}{erased}, "Erased personal data of %d events.\n", erased)
	})
}
