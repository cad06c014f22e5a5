package auditor

import (
	"cmp"
	"hash/maphash"
	"runtime"
	"slices"
	"sync"

	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

// checks are those of single events and of sessions. Signatures take most of the
// time, so sessions are shared out: all events of one go to one worker, in order.
type checks struct {
	seed    maphash.Seed
	workers []*worker
	work    sync.WaitGroup
	clock   evidence.Clock
	times   evidence.Report
}

type worker struct {
	rows   chan parsed
	keys   map[string][]byte // of clients, only read
	chains map[string]*evidence.Chain
	report evidence.Report
}

type parsed struct {
	row   store.Row
	event record.Event
}

func startChecks(keys map[string][]byte, heads []ledger.Opened) *checks {
	c := &checks{seed: maphash.MakeSeed()}
	for _, h := range heads {
		c.clock.Witnessed(h)
	}
	for range runtime.GOMAXPROCS(0) {
		w := &worker{rows: make(chan parsed, 256), keys: keys, chains: make(map[string]*evidence.Chain)}
		c.workers = append(c.workers, w)
		c.work.Go(w.run)
	}
	return c
}

// add takes the next event; it waits while the workers are behind.
func (c *checks) add(row store.Row) {
	e, err := record.ParseLeaf(row.Bytes)
	if err != nil {
		c.times.Add(evidence.False, evidence.LeafMalformed, row.Seq, "entry", "")
		return
	}
	if e.Seq != row.Seq {
		c.times.Add(evidence.False, evidence.LeafOrder, row.Seq)
	}
	c.clock.Event(&c.times, e)
	c.workers[maphash.String(c.seed, e.Session)%uint64(len(c.workers))].rows <- parsed{row, e}
}

// finish waits for all and returns what was found, by event.
func (c *checks) finish() []evidence.Finding {
	for _, w := range c.workers {
		close(w.rows)
	}
	c.work.Wait()
	found := c.times.Findings
	for _, w := range c.workers {
		found = append(found, w.report.Findings...)
	}
	slices.SortStableFunc(found, func(a, b evidence.Finding) int { return cmp.Compare(a.Event, b.Event) })
	return found
}

func (w *worker) run() {
	for p := range w.rows {
		e, row := p.event, p.row
		if e.ID != row.ID || e.Kind != row.Kind || e.Session != row.Session {
			w.report.Add(evidence.False, evidence.RowFalse, row.Seq)
		}
		if row.Personal != nil {
			if _, err := e.Restore(row.Salt, row.Personal); err != nil {
				w.report.Add(evidence.False, evidence.PersonalFalse, row.Seq)
			}
		}
		if e.Session == "" {
			continue
		}
		chain := w.chains[e.Session]
		if chain == nil {
			chain = evidence.NewChain(e.Session, w.keys[e.Session])
			w.chains[e.Session] = chain
		}
		chain.Add(&w.report, e, row.Bytes)
	}
}
