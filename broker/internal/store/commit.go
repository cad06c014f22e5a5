package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"beside/signaling/record"
)

// maxTogether bounds the changes of one commit.
const maxTogether = 512

// committer writes the changes of many goroutines in few transactions: whoever
// finds nobody writing writes for all who wait, each change behind a savepoint of
// its own, and one commit to disk serves them all. A change that fails takes
// back only itself. Events without a change need no savepoint: those that follow
// each other are appended by one statement. Changes see what those before them in the queue did, as if
// each had been committed alone; none is told of success before the commit.
type committer struct {
	db    *sql.DB
	stmts statements

	turn chan struct{} // holds one: its sender writes

	mu      sync.Mutex
	waiting []*pending
}

// errUnwritten is what a change is told that nothing became of: the goroutine
// that wrote for it ended in the middle.
var errUnwritten = errors.New("the change was not written")

// pending is one change and what became of it.
type pending struct {
	ctx      context.Context // of the caller
	change   func(*Tx) error // nil: there are only
	events   []record.Event
	made     bool  // it waits for the commit
	err      error // errUnwritten until something is known
	panicked any
	done     chan struct{}
}

func newCommitter(ctx context.Context, db *sql.DB) (*committer, error) {
	stmts, err := prepare(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return &committer{db: db, stmts: stmts, turn: make(chan struct{}, 1)}, nil
}

// update makes a change, alone or together with others, and returns when it is
// committed or has failed.
func (c *committer) update(p *pending) error {
	p.err, p.done = errUnwritten, make(chan struct{})
	c.mu.Lock()
	c.waiting = append(c.waiting, p)
	c.mu.Unlock()
	for {
		select {
		case <-p.done:
			if p.panicked != nil {
				panic(p.panicked) // where it would have been without the others
			}
			return p.err
		case c.turn <- struct{}{}:
			c.write()
		}
	}
}

// write takes the turn that its caller has been given.
func (c *committer) write() {
	defer func() { <-c.turn }()
	c.gather()
	c.mu.Lock()
	batch := c.waiting[:min(len(c.waiting), maxTogether)]
	c.waiting = c.waiting[len(batch):]
	c.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	defer func() {
		for _, p := range batch {
			close(p.done)
		}
	}()
	err := c.together(batch)
	for _, p := range batch {
		if p.made || err != nil && errors.Is(p.err, errUnwritten) {
			p.err = err
		}
	}
}

// gather lets those who are about to come come. Without, the first whom a commit has
// woken would write alone, and all others wait for another.
func (c *committer) gather() {
	for before := -1; ; {
		c.mu.Lock()
		waiting := len(c.waiting)
		c.mu.Unlock()
		if waiting <= before || waiting >= maxTogether {
			return
		}
		before = waiting
		runtime.Gosched() // nobody waits for this who does not have the processor
	}
}

// together commits a batch. Its error is of all who have none of their own.
func (c *committer) together(batch []*pending) error {
	// The callers' contexts do not reach the database: a statement that is
	// interrupted would take the whole transaction with it.
	ctx := context.WithoutCancel(batch[0].ctx)
	sqlTx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin writing: %w", err)
	}
	defer sqlTx.Rollback() //nolint:errcheck // after Commit it does nothing
	shared := &batchTx{ctx: ctx, stmts: c.stmts.in(ctx, sqlTx), last: -1}
	for _, p := range batch {
		if err := p.ctx.Err(); err != nil {
			p.err = fmt.Errorf("begin writing: %w", err)
			continue
		}
		if p.change == nil {
			err = shared.note(p)
		} else if err = shared.flush(); err == nil { // it sees what came before
			err = p.run(ctx, sqlTx, shared, len(batch) > 1)
		}
		if err != nil {
			return err
		}
	}
	if err := shared.flush(); err != nil {
		return err
	}
	if !slices.ContainsFunc(batch, func(p *pending) bool { return p.made }) {
		return nil
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// run makes one change; with others, behind a savepoint. What it returns makes
// the whole transaction worthless.
func (p *pending) run(ctx context.Context, sqlTx *sql.Tx, shared *batchTx, others bool) error {
	last := shared.last
	if others {
		if _, err := shared.stmts.begin.ExecContext(ctx); err != nil {
			return fmt.Errorf("begin writing: %w", err)
		}
	}
	tx := &Tx{View: View{ctx: context.WithoutCancel(p.ctx), tx: sqlTx}, now: now(), batch: shared}
	p.apply(tx)
	if !others {
		return nil
	}
	var err error
	if !p.made {
		shared.last = last
		_, err = shared.stmts.undo.ExecContext(ctx)
	}
	_, released := shared.stmts.keep.ExecContext(ctx)
	if err = errors.Join(err, released); err != nil {
		return fmt.Errorf("write together: %w", err)
	}
	return nil
}

// apply calls the change and keeps how it ended.
func (p *pending) apply(tx *Tx) {
	defer func() {
		if v := recover(); v != nil {
			p.panicked = v
		}
	}()
	err := p.change(tx)
	if err == nil && tx.owed != "" {
		err = fmt.Errorf("%s: %w", tx.owed, ErrUnrecorded)
	}
	if err != nil {
		p.err = err
		return
	}
	p.made = true
}
