package store_test

import (
	"slices"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
)

func TestTicketsAreFoundByWhatTheySay(t *testing.T) {
	s := open(t, t.TempDir())
	tn, slow := seed(t, s) // "100% slow" of Grace
	var fire store.Ticket
	update(t, s, func(tx *store.Tx) (err error) {
		fire, err = tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{
			Subject: "Feuer im Büro", Words: "The printer burns; nobody can print.", Requester: "Linus Ångström", Category: "Printing",
			Impact: desk.High, Urgency: desk.High, State: desk.Open,
		}})
		if err != nil {
			return err
		}
		if _, err = tx.InsertNote(store.Note{Ticket: fire.ID, Author: tn.ID, Text: "Called the caretaker about toner-dust"}); err != nil {
			return err
		}
		fire.State, fire.Resolution = desk.Resolved, "A new fuser was fitted"
		_, err = tx.UpdateTicket(fire)
		return err
	})
	for _, tc := range []struct {
		name  string
		state desk.State
		q     string
		want  []string
		where string
	}{
		{"the beginning of a word", "", "gra", []string{slow.ID}, ""},
		{"a sign between words", "", "100% slo", []string{slow.ID}, ""},
		{"in the person's own words", "", "burns", []string{fire.ID}, "burns"},
		{"in a note", "", "caretaker", []string{fire.ID}, "caretaker"},
		{"in the resolution, written later", "", "FUSER", []string{fire.ID}, "fuser"},
		{"without its accents", "", "buro angstrom", []string{fire.ID}, ""},
		{"words of note and ticket", "", "feuer toner", []string{fire.ID}, ""},
		{"every word", "", "printer grace", nil, ""},
		{"of a state", desk.Open, "burns", nil, ""},
		{"a number", "", "#2", []string{fire.ID}, ""},
		{"a number alone", "", "1", []string{slow.ID}, ""},
		{"no word at all", "", "%", nil, ""},
		{"FTS5's own language means nothing", "", `grace OR burns`, nil, ""},
		{"nor does a quote", "", `"gra`, []string{slow.ID}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			view(t, s, func(v *store.View) error {
				got, err := v.FindTickets(tc.state, tc.q, 10)
				var ids []string
				for _, f := range got {
					ids = append(ids, f.ID)
					if tc.where != "" && !containsFold(f.Where, tc.where) {
						t.Errorf("found at %q, want %q in it", f.Where, tc.where)
					}
				}
				if err != nil || !slices.Equal(ids, tc.want) {
					t.Errorf("got %v, %v, want %v", ids, err, tc.want)
				}
				return nil
			})
		})
	}
}

func TestSolvedTicketsLikeThisOne(t *testing.T) {
	s := open(t, t.TempDir())
	solved := map[string]string{
		"Printer prints blank pages":      "Replaced the toner",
		"Printer in room 4 makes a noise": "Oiled it",
		"Cannot open the mail program":    "Password was renewed",
		"Printer prints blank pages too":  "", // solved, and nobody said how
	}
	update(t, s, func(tx *store.Tx) error {
		for subject, resolution := range solved {
			tk, err := tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{
				Subject: subject, Requester: "Grace", Impact: desk.Low, Urgency: desk.Low, State: desk.Open,
			}})
			if err != nil {
				return err
			}
			tk.State, tk.Resolution = desk.Resolved, resolution
			if _, err := tx.UpdateTicket(tk); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(v *store.View) error {
		got, err := v.SimilarSolved("Our printer prints only blank pages!", "", 2)
		if err != nil || len(got) != 2 || got[0].Resolution != "Replaced the toner" || got[1].Resolution != "Oiled it" {
			t.Errorf("got %+v, %v", got, err)
		}
		if len(got) > 0 {
			if again, err := v.SimilarSolved("blank pages", got[0].ID, 2); err != nil || len(again) != 0 {
				t.Errorf("similar to itself: got %+v, %v", again, err)
			}
		}
		none, err := v.SimilarSolved("It is so", "", 2)
		if err != nil || len(none) != 0 {
			t.Errorf("words that say nothing: got %+v, %v", none, err)
		}
		return nil
	})
}

func containsFold(s, part string) bool { return strings.Contains(strings.ToLower(s), part) }
