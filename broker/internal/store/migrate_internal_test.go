package store

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
)

// TestEventsSurviveTheirNewTable: the migration that makes audit_event anew keeps
// every event, what is beside it, and the rule that ties the two.
func TestEventsSurviveTheirNewTable(t *testing.T) {
	dir := t.TempDir()
	db, err := open(filepath.Join(dir, "beside.db"), "immediate")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 165); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`INSERT INTO audit_event (seq, id, kind, session, leaf) VALUES (1, 'a', 'k', 's', 'first'), (2, 'b', 'k', '', 'second')`,
		`INSERT INTO audit_personal (seq, subject, salt, value) VALUES (2, 'p', 'c2FsdA', '{}')`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it is read
	if err := s.View(t.Context(), func(v *View) error {
		rows, err := v.Rows(0, 10)
		if err != nil {
			return err
		}
		if len(rows) != 2 || rows[0].ID != "a" || string(rows[0].Bytes) != "first" || rows[0].Personal != nil ||
			string(rows[1].Personal) != "{}" || string(rows[1].Salt) != "salt" {
			t.Errorf("the events are now %+v", rows)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), `INSERT INTO audit_personal (seq, subject, salt, value) VALUES (3, '', '', '')`); err == nil {
		t.Error("personal data of no event was taken")
	}
}
