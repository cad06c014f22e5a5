package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"beside/signaling/record"
)

// rowsAtOnce is how many events one statement appends, where so many wait.
const rowsAtOnce = 32

// statements are prepared once, since they run for each event.
type statements struct {
	last              *sql.Stmt
	appendOne         *sql.Stmt
	appendMany        *sql.Stmt // rowsAtOnce
	personal          *sql.Stmt
	begin, undo, keep *sql.Stmt // of a savepoint
}

func prepare(ctx context.Context, db *sql.DB) (s statements, err error) {
	for _, one := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&s.last, lastSeq}, {&s.appendOne, appendQuery(1)}, {&s.appendMany, appendQuery(rowsAtOnce)},
		{&s.personal, `INSERT INTO audit_personal (seq, subject, salt, value) VALUES ($1, $2, $3, $4)`},
		{&s.begin, `SAVEPOINT one`}, {&s.undo, `ROLLBACK TO one`}, {&s.keep, `RELEASE one`},
	} {
		if *one.into, err = db.PrepareContext(ctx, one.query); err != nil {
			return s, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func appendQuery(rows int) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO audit_event (seq, id, kind, session, leaf) VALUES `)
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		n := i * columns
		fmt.Fprintf(&b, "($%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5)
	}
	return b.String()
}

// columns of audit_event.
const columns = 5

func (s statements) each(f func(*sql.Stmt) *sql.Stmt) statements {
	return statements{f(s.last), f(s.appendOne), f(s.appendMany), f(s.personal), f(s.begin), f(s.undo), f(s.keep)}
}

// in are the statements inside a transaction.
func (s statements) in(ctx context.Context, tx *sql.Tx) statements {
	return s.each(func(one *sql.Stmt) *sql.Stmt { return tx.StmtContext(ctx, one) })
}

func (s statements) close() (err error) {
	s.each(func(one *sql.Stmt) *sql.Stmt {
		if one != nil {
			err = errors.Join(err, one.Close())
		}
		return nil
	})
	return err
}

// batchTx is what the changes of one transaction share.
type batchTx struct {
	ctx     context.Context // of the transaction
	stmts   statements
	last    int64   // number of the newest event; -1: not read yet
	waiting []entry // numbered, to be appended
}

// entry is one event as it is kept.
type entry struct {
	event    record.Event
	leaf     []byte
	salt     [record.SaltBytes]byte
	personal []byte // nil: none
}

// next gives an event the next number, its ID and its time, and encodes it.
func (b *batchTx) next(e record.Event, at time.Time) (entry, error) {
	if b.last < 0 {
		if err := b.stmts.last.QueryRowContext(b.ctx).Scan(&b.last); err != nil {
			return entry{}, fmt.Errorf("read last event: %w", err)
		}
	}
	e.Seq, e.ID, e.Time = b.last+1, NewID(), at
	n := entry{event: e}
	part, personal, err := e.Part()
	if err != nil {
		return n, err
	}
	if personal != nil {
		n.personal = personal
		rand.Read(n.salt[:]) //nolint:errcheck // never fails, crypto/rand
		part.Personal = record.Commit(n.salt[:], personal)
	}
	if n.leaf, err = part.Leaf(); err != nil {
		return n, err
	}
	b.last = e.Seq
	return n, nil
}

// note numbers a caller's events. One that cannot be encoded is the caller's own
// error, and then none of them is kept.
func (b *batchTx) note(p *pending) error {
	last, kept := b.last, len(b.waiting)
	at := now()
	for _, e := range p.events {
		n, err := b.next(e, at)
		if err != nil {
			b.last, b.waiting = last, b.waiting[:kept]
			p.err = err
			return nil
		}
		b.waiting = append(b.waiting, n)
	}
	p.made = true
	return nil
}

// flush appends what waits. Its error makes the whole transaction worthless.
func (b *batchTx) flush() error {
	waiting := b.waiting
	b.waiting = b.waiting[:0]
	for len(waiting) > 0 {
		n := 1
		if len(waiting) >= rowsAtOnce {
			n = rowsAtOnce
		}
		if err := b.insert(waiting[:n]); err != nil {
			return err
		}
		waiting = waiting[n:]
	}
	return nil
}

// insert writes one entry or rowsAtOnce.
func (b *batchTx) insert(entries []entry) error {
	stmt := b.stmts.appendOne
	if len(entries) > 1 {
		stmt = b.stmts.appendMany
	}
	args := make([]any, 0, columns*len(entries))
	for i := range entries {
		e := &entries[i].event
		args = append(args, e.Seq, e.ID, string(e.Kind), e.Session, string(entries[i].leaf))
	}
	if _, err := stmt.ExecContext(b.ctx, args...); err != nil {
		return fmt.Errorf("append event %s: %w", entries[0].event.Kind, err)
	}
	for i := range entries {
		e := &entries[i]
		if e.personal == nil {
			continue
		}
		if _, err := b.stmts.personal.ExecContext(b.ctx, e.event.Seq, subject(e.event), encode(e.salt[:]), string(e.personal)); err != nil {
			return fmt.Errorf("keep personal data of event %s: %w", e.event.Kind, err)
		}
	}
	return nil
}
