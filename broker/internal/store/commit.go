package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// maxTogether bounds the changes of one commit.
const maxTogether = 256

// committer writes the changes of many goroutines in few transactions: whoever
// finds nobody writing writes for all who wait, each change behind a savepoint of
// its own, and one commit to disk serves them all. A change that fails takes
// back only itself. Changes see what those before them in the queue did, as if
// each had been committed alone; none is told of success before the commit.
type committer struct {
	db       *sql.DB
	appendTo *sql.Stmt // audit_event

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
	change   func(*Tx) error
	made     bool  // it waits for the commit
	err      error // errUnwritten until something is known
	panicked any
	done     chan struct{}
}

func newCommitter(ctx context.Context, db *sql.DB) (*committer, error) {
	stmt, err := db.PrepareContext(ctx, `INSERT INTO audit_event (seq, id, kind, session, leaf) VALUES ($1, $2, $3, $4, $5)`)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return &committer{db: db, appendTo: stmt, turn: make(chan struct{}, 1)}, nil
}

// update runs a change, alone or together with others, and returns when it is
// committed or has failed.
func (c *committer) update(ctx context.Context, change func(*Tx) error) error {
	p := &pending{ctx: ctx, change: change, err: errUnwritten, done: make(chan struct{})}
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
	shared := &batchTx{appendTo: sqlTx.StmtContext(ctx, c.appendTo), last: -1}
	kept := 0
	for _, p := range batch {
		if err := p.ctx.Err(); err != nil {
			p.err = fmt.Errorf("begin writing: %w", err)
			continue
		}
		if err := p.run(ctx, sqlTx, shared, len(batch) > 1); err != nil {
			return err
		}
		if p.made {
			kept++
		}
	}
	if kept == 0 {
		return nil
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// batchTx is what the changes of one transaction share.
type batchTx struct {
	appendTo *sql.Stmt
	last     int64 // number of the newest event; -1: not read yet
}

// run makes one change; with others, behind a savepoint. What it returns makes
// the whole transaction worthless.
func (p *pending) run(ctx context.Context, sqlTx *sql.Tx, shared *batchTx, others bool) error {
	last := shared.last
	if others {
		if _, err := sqlTx.ExecContext(ctx, `SAVEPOINT one`); err != nil {
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
		_, err = sqlTx.ExecContext(ctx, `ROLLBACK TO one`)
	}
	_, released := sqlTx.ExecContext(ctx, `RELEASE one`)
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
