package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Processes that start at once take
// turns: an exclusive transaction on a second, empty database is the lock,
// since it works wherever SQLite does and goes away with its process.
func migrate(ctx context.Context, dir string, db *sql.DB) (err error) {
	lock, err := open(filepath.Join(dir, "migrate.lock"), "exclusive")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	turn, err := lock.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	defer turn.Rollback() //nolint:errcheck // it changed nothing

	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}
