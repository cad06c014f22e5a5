package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// View reads one snapshot. It lives inside the function that it is given to.
type View struct {
	ctx context.Context // of the transaction that it belongs to
	tx  *sql.Tx
}

// Tx reads and changes. It lives inside the function that it is given to and
// belongs to one goroutine.
type Tx struct {
	View
	now   time.Time
	owed  string   // the last audited change, until an event is appended
	batch *batchTx // of the transaction, shared with other changes
}

// Now is the one time at which everything in the transaction happens.
func (t *Tx) Now() time.Time { return t.now }

// now is the current time as the database keeps it: UTC, milliseconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// NewID returns a fresh id: 128 random bits in base64url. None begins with a
// dash, which a command line would take for a flag.
func NewID() string {
	for {
		var b [16]byte
		rand.Read(b[:]) //nolint:errcheck // never fails, crypto/rand
		if id := base64.RawURLEncoding.EncodeToString(b[:]); id[0] != '-' {
			return id
		}
	}
}

// exec changes rows and reports how many.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	res, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		if isUnique(err) {
			return 0, ErrTaken
		}
		return 0, err
	}
	return res.RowsAffected()
}

// audited changes rows whose change needs an event, and reports whether any
// row did change.
func (t *Tx) audited(what, query string, args ...any) (bool, error) {
	n, err := t.exec(query, args...)
	if err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	if n > 0 {
		t.owed = what
	}
	return n > 0, nil
}

// texts reads the one column of a query.
func (v *View) texts(what, query string, args ...any) (all []string, err error) {
	err = v.rows(what, func(s scanner) error {
		var text string
		err := s.Scan(&text)
		all = append(all, text)
		return err
	}, query, args...)
	return all, err
}

// row scans the one row of a query; none is ErrNotFound.
func (v *View) row(what string, scan func(scanner) error, query string, args ...any) error {
	err := scan(v.tx.QueryRowContext(v.ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// rows scans every row of a query.
func (v *View) rows(what string, scan func(scanner) error, query string, args ...any) error {
	rows, err := v.tx.QueryContext(v.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	defer rows.Close() //nolint:errcheck // Err reports what matters
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("read %s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// scanner is a row, alone or of many.
type scanner interface{ Scan(into ...any) error }

// instant scans Unix milliseconds; 0 is the zero time.
type instant struct{ t *time.Time }

func (i instant) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is %T", v)
	}
	*i.t = time.Time{}
	if n != 0 {
		*i.t = time.UnixMilli(n).UTC()
	}
	return nil
}

// millis is what instant scans.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// binary scans base64url; the empty text is nil.
type binary struct{ b *[]byte }

func (b binary) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a binary value is %T", v)
	}
	*b.b = nil
	if s == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	*b.b = raw
	return err
}

// encode is what binary scans.
func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// nullable keeps an absent reference as NULL, so that foreign keys hold.
func nullable(id string) sql.NullString { return sql.NullString{String: id, Valid: id != ""} }

func isUnique(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}
