// Package store keeps everything of a broker that outlives a request, in one
// SQLite file that several processes may hold open at once (the server and the
// command line).
//
// There is one writer at a time: Update begins with BEGIN IMMEDIATE. Readers
// never wait for it. The package knows no rules beyond what a row may hold;
// whoever changes an audited row must append its event in the same transaction
// (package journal does), otherwise the transaction is refused.
//
// The SQL runs on PostgreSQL too, but for Open and the search of tickets by words,
// which are SQLite's.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"beside/signaling/record"
)

// What callers branch on.
var (
	ErrNotFound   = errors.New("not found")
	ErrTaken      = errors.New("already taken")
	ErrUnrecorded = errors.New("a change without its audit event")
)

// Store is an open database. It is safe for use by many goroutines.
type Store struct {
	write     *sql.DB // one connection: the one writer of this process
	read      *sql.DB
	committer *committer // of write
}

// busyTimeout is how long a writer waits for another process's transaction.
const busyTimeout = 10 * time.Second

// Open opens the database in dir, makes it when it is not there, and brings
// its tables up to date. The file is for its owner alone.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find data directory: %w", err)
	}
	file := filepath.Join(dir, "beside.db")
	write, err := open(file, "immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, dir, write); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := open(file, "deferred", "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(8)
	c, err := newCommitter(ctx, write)
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	return &Store{write: write, read: read, committer: c}, nil
}

func open(file, lock string, pragmas ...string) (*sql.DB, error) {
	// SQLite would make the file readable by everybody, and gives its -wal and
	// -shm files the mode of the database.
	// #nosec G304 -- in the operator's folder
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	q := url.Values{"_txlock": {lock}, "_pragma": append([]string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"secure_delete(1)", // what was erased is not left in free pages
	}, pragmas...)}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(file), OmitHost: true, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// Close closes the database. Transactions must be over.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.committer.stmts.close(), s.write.Close())
}

// View runs read on one consistent snapshot.
func (s *Store) View(ctx context.Context, read func(*View) error) error {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo in a read
	return read(&View{ctx: ctx, tx: tx})
}

// Update runs change in one writing transaction and commits it, unless change
// fails or leaves an audited row without its event (ErrUnrecorded). Package
// journal calls it with the events; others may call it for rows that are not
// audited. The change may run on another caller's goroutine, together with
// others in one commit; it is told of no success before that.
func (s *Store) Update(ctx context.Context, change func(*Tx) error) error {
	return s.committer.update(&pending{ctx: ctx, change: change})
}

// Note records events that come without a change, all of them or none, as Update
// does. Only package journal calls it.
func (s *Store) Note(ctx context.Context, events ...record.Event) error {
	return s.committer.update(&pending{ctx: ctx, events: events})
}
