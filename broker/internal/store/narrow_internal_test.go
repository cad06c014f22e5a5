package store

import (
	"fmt"
	"slices"
	"testing"
)

// TestNarrow: what a search is narrowed by follows the rows, forgets what was erased,
// and is of no help where many have a part, or the part is short.
func TestNarrow(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it is read
	do := func(query string, args ...any) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	ticket := `INSERT INTO ticket (id, number, subject, words, requester, category, impact, urgency, priority, state, resolution, system_changes, created_at, updated_at)
		VALUES ($1, $2, '', '', $3, '', 'low', 'low', 4, 'open', '', '', 0, 0)`
	session := `INSERT INTO session (id, ticket, technician, phase, invited_at, joined_from) VALUES ($1, $2, $3, 'ended', 0, $4)`
	do(`INSERT INTO technician (id, email, name, roles, created_at) VALUES ('kim', 'kim@desk.example', 'Kim Aalto', 'technician', 0), ('lee', 'lee@desk.example', 'Lee', 'technician', 0)`)
	do(ticket, "of-grace", 1, `Grace "Amazing" Hopper`)
	do(ticket, "of-ada", 2, "Ada Lovelace")
	do(session, "one", "of-grace", "kim", "192.0.2.0/24")
	do(session, "two", "of-grace", "lee", "198.51.100.0/24")
	for i := range mostFew + 1 {
		do(session, fmt.Sprint("many-", i), "of-ada", "lee", "203.0.113.0/24")
	}
	check := func(what string, q SessionSearch, want []string) {
		t.Helper()
		if err := s.View(t.Context(), func(v *View) error {
			few, err := v.narrow(q)
			slices.Sort(few)
			if !slices.Equal(few, want) || (few == nil) != (want == nil) {
				t.Errorf("%s: %#v, want %#v", what, few, want)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	check("a person", SessionSearch{Requester: "grace"}, []string{"one", "two"})
	check("signs of the search's own", SessionSearch{Requester: `"amazing" h`}, []string{"one", "two"})
	check("nobody", SessionSearch{Requester: "Mallory"}, []string{})
	check("too short to be looked up", SessionSearch{Requester: "gr"}, nil)
	check("one who has many", SessionSearch{Requester: "Ada"}, nil)
	check("a machine", SessionSearch{Machine: "192.0.2"}, []string{"one"})
	check("a technician", SessionSearch{Technician: "aalto"}, []string{"one"})
	check("the part that fewest have", SessionSearch{Requester: "Ada", Machine: "51.100"}, []string{"two"})
	do(`UPDATE ticket SET requester = 'Mallory' WHERE id = 'of-grace'`)
	check("another name", SessionSearch{Requester: "Mallory"}, []string{"one", "two"})
	check("the name of before", SessionSearch{Requester: "Hopper"}, []string{})
	do(`UPDATE session SET joined_from = '' WHERE id = 'one'`)
	check("an erased address", SessionSearch{Machine: "192.0.2"}, []string{})
}
