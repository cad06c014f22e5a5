package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"beside/broker/internal/journal"
	"beside/broker/internal/siem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

type auditCommand struct {
	Tail      auditTailCommand      `cmd:"" help:"Print the newest events."`
	Export    auditExportCommand    `cmd:"" help:"Print events as JSON lines, byte for byte as they are kept, or a session's evidence; that it was done is an event too."`
	Key       auditKeyCommand       `cmd:"" help:"Print the log's verifier key: what auditors and witnesses must know."`
	Verify    auditVerifyCommand    `cmd:"" help:"Check the whole log against what was signed and seen of it. Exit 0: it holds, 1: it does not, 2: something is missing."`
	Prove     auditProveCommand     `cmd:"" help:"Prove that an event is in the log (C2SP tlog-proof)."`
	Diff      auditDiffCommand      `cmd:"" help:"Check that a newer signed state of the log begins with an older one."`
	Watch     auditWatchCommand     `cmd:"" help:"Follow a log from outside, and say when it is not what it was."`
	Hold      auditHoldCommand      `cmd:"" help:"Keep everything of a session, whatever its age."`
	Release   auditReleaseCommand   `cmd:"" help:"Let the retention delete from a session again."`
	Retention auditRetentionCommand `cmd:"" help:"Show, or say, for how long personal data and recordings are kept."`
	Erase     auditEraseCommand     `cmd:"" help:"Erase the personal data of a session or an account beside the log. Every proof stands."`
}

type auditTailCommand struct {
	Lines  int64 `short:"n" help:"How many." default:"20"`
	After  int64 `help:"Only events after this sequence number." default:"-1" placeholder:"SEQ"`
	Follow bool  `short:"f" help:"Wait for more until interrupted."`
}

// Run implements the subcommand.
func (t auditTailCommand) Run(c *call) error {
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		after := t.After
		if after < 0 {
			last, err := j.LastSeq(c.ctx)
			if err != nil {
				return err
			}
			after = max(0, last-t.Lines)
		}
		if t.Follow {
			return follow(c.ctx, j, after, c.printEvent)
		}
		_, err := each(c.ctx, j, after, c.printEvent)
		return err
	})
}

// printEvent prints one event for people, or its exact line.
func (c *call) printEvent(l store.Leaf) error {
	if c.json {
		return c.printLine(siem.Writer{Format: siem.JSONL}, l)
	}
	e, err := record.ParseLeaf(l.Bytes)
	if err != nil {
		return fmt.Errorf("event %d: %w", l.Seq, err)
	}
	_, err = fmt.Fprintf(c.stdout, "%6d  %s  %-24s %-6s %-10s %s\n", e.Seq, e.Time.Local().Format(time.DateTime), e.Kind, e.Outcome, e.Actor.Kind, e.Session)
	return err
}

// printAs prints the head of a format, and returns what prints one event in it.
func (c *call) printAs(f siem.Format) (func(store.Leaf) error, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("name of this machine: %w", err)
	}
	w := siem.Writer{Format: f, Version: version(), Host: host}
	if _, err := c.stdout.Write(w.Header()); err != nil {
		return nil, err
	}
	return func(l store.Leaf) error { return c.printLine(w, l) }, nil
}

func (c *call) printLine(w siem.Writer, l store.Leaf) error {
	line, err := w.Line(l)
	if err == nil {
		_, err = c.stdout.Write(line)
	}
	return err
}

type auditExportCommand struct {
	Session  string `help:"Write the evidence of this session, for beside-verify." placeholder:"ID"`
	Personal bool   `help:"With names and places, as far as they were not erased." negatable:"" default:"true"`
	Out      string `help:"File to write evidence to. Default: standard output." placeholder:"FILE" type:"path"`
	Format   string `help:"jsonl (byte for byte as they are kept), csv, cef, ocsf or syslog (RFC 5424)." enum:"jsonl,csv,cef,ocsf,syslog" default:"jsonl"`
	After    int64  `help:"Only events after this sequence number, such as the last of an earlier export." default:"0" placeholder:"SEQ"`
	Follow   bool   `short:"f" help:"Wait for more until interrupted."`
}

// Run implements the subcommand.
func (x auditExportCommand) Run(c *call) error {
	if x.Session != "" {
		return x.evidence(c)
	}
	return c.withStore(func(_ *store.Store, j *journal.Journal) error {
		last, err := j.LastSeq(c.ctx)
		if err != nil {
			return err
		}
		if x.After < last { // told before it is done: nobody reads unseen
			data := record.AuditExported{First: x.After + 1, Last: last}
			if err := j.Note(c.ctx, record.New(data, record.ByBroker, operator())); err != nil {
				return err
			}
		}
		print, err := c.printAs(siem.Format(x.Format))
		if err != nil {
			return err
		}
		if x.Follow {
			return follow(c.ctx, j, x.After, print)
		}
		_, err = each(c.ctx, j, x.After, func(l store.Leaf) error {
			if l.Seq > last {
				return nil
			}
			return print(l)
		})
		return err
	})
}

// each hands over the events after a number that there are now.
func each(ctx context.Context, j *journal.Journal, after int64, do func(store.Leaf) error) (int64, error) {
	const batch = 500
	for {
		leaves, err := j.Leaves(ctx, "", after, batch)
		if err != nil {
			return after, err
		}
		for _, l := range leaves {
			if err := do(l); err != nil {
				return after, err
			}
			after = l.Seq
		}
		if len(leaves) < batch {
			return after, nil
		}
	}
}

// follow hands over events until ctx ends, also those of other processes.
func follow(ctx context.Context, j *journal.Journal, after int64, do func(store.Leaf) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return j.Run(ctx) })
	group.Go(func() error { return j.Follow(ctx, after, do) })
	return group.Wait()
}
