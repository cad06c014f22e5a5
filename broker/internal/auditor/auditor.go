// Package auditor checks the whole log as it is in the database against what was
// signed and seen of it, and writes a session's evidence. It only reads, and
// trusts nothing that it reads: not the index, the kept hashes, the times or the
// other way round.
package auditor

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/ledger"
)

// batch is how many events are read at once.
const batch = 8192

// Trust is what the auditor knows of the log from elsewhere.
type Trust struct {
	Log       note.Verifier
	Witnesses []*ledger.Witness
	// Seen are signed heads of before, kept by somebody else than the broker: by
	// the auditor, by a witness.
	Seen [][]byte
}

// audit is one run over one snapshot.
type audit struct {
	view   *store.View
	trust  Trust
	report *evidence.Report

	heads  []ledger.Opened // kept and seen, by size
	seen   map[int64][]tlog.Hash
	next   int // of heads
	tree   ledger.Frontier
	edge   map[int]ledger.Tile // the last tile of each level, as it should be
	bad    bool                // a hash is wrong: what follows from it is not said again
	checks *checks
}

// Verify checks the whole log. The error is of reading, not of what was read.
func Verify(ctx context.Context, s *store.Store, t Trust) (*evidence.Report, error) {
	a := &audit{trust: t, report: &evidence.Report{}, edge: make(map[int]ledger.Tile), seen: make(map[int64][]tlog.Hash)}
	err := s.View(ctx, func(v *store.View) error {
		a.view = v
		return a.run()
	})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return a.report, nil
}

func (a *audit) run() error {
	if err := a.readHeads(); err != nil {
		return err
	}
	keys, err := a.view.ClientKeys()
	if err != nil {
		return err
	}
	a.checks = startChecks(keys, a.heads)
	err = a.events()
	found := a.checks.finish()
	if err != nil {
		return err
	}
	a.conclude(found)
	return nil
}

// readHeads opens every signed head that there is.
func (a *audit) readHeads() error {
	for after := int64(-1); ; {
		kept, err := a.view.Checkpoints(after, batch)
		if err != nil {
			return err
		}
		for _, c := range kept {
			after = c.Size
			cosigned, err := a.view.Cosignatures(c.Size)
			if err != nil {
				return err
			}
			for _, s := range cosigned {
				c.Note = ledger.Merge(c.Note, s.Line)
			}
			a.addHead(c.Note, c.Size)
		}
		if len(kept) < batch {
			break
		}
	}
	for _, signed := range a.trust.Seen {
		if o, ok := a.addHead(signed, -1); ok {
			a.seen[o.Size] = append(a.seen[o.Size], o.Root)
		}
	}
	slices.SortStableFunc(a.heads, func(x, y ledger.Opened) int { return int(min(max(x.Size-y.Size, -1), 1)) })
	return nil
}

func (a *audit) addHead(signed []byte, size int64) (ledger.Opened, bool) {
	o, err := ledger.Open(signed, a.trust.Log, a.trust.Witnesses...)
	if err != nil || size >= 0 && o.Size != size {
		a.report.Add(evidence.False, evidence.CheckpointFalse, 0)
		return o, false
	}
	a.heads = append(a.heads, o)
	return o, true
}

// events goes over all events, in order.
func (a *audit) events() error {
	for {
		rows, err := a.view.Rows(a.tree.Size(), batch)
		if err != nil {
			return err
		}
		var hashes []tlog.Hash
		first := a.tree.Size()
		a.compareHeads()
		for _, row := range rows {
			if want := a.tree.Size() + 1; row.Seq != want {
				a.wrong(evidence.Gap, want)
				return nil // every number behind it is wrong by that
			}
			h := ledger.LeafHash(row.Bytes)
			hashes = append(hashes, h)
			a.tree.Add(h)
			a.checks.add(row)
			a.compareHeads()
		}
		if err := a.compareTiles(first, hashes); err != nil {
			return err
		}
		if len(rows) < batch {
			return nil
		}
	}
}

// wrong names the first event at which the log is not what it was.
func (a *audit) wrong(code evidence.Code, event int64) {
	if !a.bad {
		a.report.Add(evidence.False, code, event)
	}
	a.bad = true
}

// compareHeads compares the root of now with every head of this size.
func (a *audit) compareHeads() {
	for ; a.next < len(a.heads) && a.heads[a.next].Size <= a.tree.Size(); a.next++ {
		head := a.heads[a.next]
		if head.Size < a.tree.Size() || head.Root == a.tree.Root() {
			continue
		}
		if slices.Contains(a.seen[head.Size], head.Root) {
			a.report.Add(evidence.False, evidence.Forked, 0, "size", strconv.FormatInt(head.Size, 10))
			continue
		}
		first := int64(1)
		if a.next > 0 {
			first = a.heads[a.next-1].Size + 1
		}
		a.wrong(evidence.TreeFalse, first)
	}
}

// compareTiles compares the kept hashes with those of the events. The first
// that differs names the event.
func (a *audit) compareTiles(first int64, hashes []tlog.Hash) error {
	if len(hashes) == 0 || a.bad && first > 0 {
		return nil
	}
	_, tiles, err := ledger.Grow(first, hashes, ledger.Hashes(func(level int, n int64) ([]byte, error) {
		if t, ok := a.edge[level]; ok && t.N == n {
			return t.Hashes, nil
		}
		return nil, nil
	}))
	if err != nil {
		return err
	}
	sized := int64(0)
	if len(a.heads) > 0 {
		sized = a.heads[len(a.heads)-1].Size
	}
	for _, t := range tiles {
		if last, ok := a.edge[t.Level]; !ok || last.N <= t.N {
			a.edge[t.Level] = t
		}
		kept, err := a.view.Tile(t.Level, t.N)
		if err != nil {
			return err
		}
		span := int64(1) << (ledger.TileHeight * t.Level) // events below one hash
		for i := 0; i < len(t.Hashes); i += tlog.HashSize {
			from := (t.N*ledger.TileWidth + int64(i/tlog.HashSize)) * span
			if from+span > sized {
				break // not in a checkpoint yet
			}
			if len(kept) < i+tlog.HashSize || !bytes.Equal(kept[i:i+tlog.HashSize], t.Hashes[i:i+tlog.HashSize]) {
				a.wrong(evidence.TreeFalse, from+1)
				return nil
			}
		}
	}
	return nil
}

// conclude says what holds for the whole.
func (a *audit) conclude(found []evidence.Finding) {
	a.report.Findings = append(a.report.Findings, found...)
	size := a.tree.Size()
	for ; a.next < len(a.heads); a.next++ { // heads of more events than there are
		if !a.bad {
			a.report.Add(evidence.False, evidence.RolledBack, 0, "size", strconv.FormatInt(size, 10), "before", strconv.FormatInt(a.heads[a.next].Size, 10))
		}
		a.bad = true
	}
	for _, w := range a.trust.Witnesses {
		a.witnessed(w)
	}
	if a.report.Exit() == evidence.ExitFalse {
		return
	}
	covered := int64(0)
	if len(a.heads) > 0 {
		covered = a.heads[len(a.heads)-1].Size
	}
	a.report.Add(evidence.Proven, evidence.LogConsistent, 0, "checkpoints", strconv.Itoa(len(a.heads)), "events", strconv.FormatInt(covered, 10))
	if size > covered {
		a.report.Add(evidence.Note, evidence.LogUnpublished, 0, "events", strconv.FormatInt(size-covered, 10))
	}
}

// witnessed says when a witness saw the log last.
func (a *audit) witnessed(w *ledger.Witness) {
	for _, head := range slices.Backward(a.heads) {
		for _, c := range head.Witnesses {
			if c.Key == w.Key() {
				a.report.Add(evidence.Proven, evidence.Witnessed, 0, "witness", w.Name(), "time", c.Time.Format("2006-01-02 15:04:05"))
				return
			}
		}
	}
	a.report.Add(evidence.Missing, evidence.WitnessMissing, 0, "witness", w.Name())
}
