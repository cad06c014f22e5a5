package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"beside/broker/internal/desk"
)

func TestPriorityMatrix(t *testing.T) {
	for _, tc := range []struct {
		impact, urgency desk.Level
		want            desk.Priority
	}{
		{desk.High, desk.High, 1}, {desk.High, desk.Medium, 2}, {desk.High, desk.Low, 3},
		{desk.Medium, desk.High, 2}, {desk.Medium, desk.Medium, 3}, {desk.Medium, desk.Low, 4},
		{desk.Low, desk.High, 3}, {desk.Low, desk.Medium, 4}, {desk.Low, desk.Low, 5},
		{"wrong", "wrong", 5},
	} {
		if got := desk.DefaultRules().PriorityOf(tc.impact, tc.urgency); got != tc.want {
			t.Errorf("PriorityOf(%s, %s) = %d, want %d", tc.impact, tc.urgency, got, tc.want)
		}
	}
}

func fresh(t *testing.T) desk.Ticket {
	t.Helper()
	tk, err := desk.New(desk.Ticket{Subject: " Printer ", Requester: "Ada", Impact: desk.Low, Urgency: desk.High, State: desk.Closed, Resolution: "no"})
	if err != nil {
		t.Fatal(err)
	}
	return tk
}

func TestNewOpensWithoutResolution(t *testing.T) {
	tk := fresh(t)
	if tk.Subject != "Printer" || tk.State != desk.Open || tk.Resolution != "" {
		t.Errorf("New = %+v, want a trimmed, open ticket without a resolution", tk)
	}
}

func TestApply(t *testing.T) {
	state := func(s desk.State) desk.Patch { return desk.Patch{State: &s} }
	text := "restarted the spooler"
	long := strings.Repeat("é", desk.MaxSubject+1)
	lines, hidden, wrong := "two\nlines", "abc\u202egpj.exe", desk.Level("urgent")
	resolved := desk.Resolved
	for _, tc := range []struct {
		name  string
		from  desk.State
		patch desk.Patch
		field string // of the broken rule; empty: allowed
	}{
		{"help", desk.Open, state(desk.Helping), ""},
		{"stay", desk.Open, state(desk.Open), ""},
		{"resolve without resolution", desk.Helping, state(desk.Resolved), "resolution"},
		{"resolve", desk.Helping, desk.Patch{State: &resolved, Resolution: &text}, ""},
		{"close unresolved", desk.Open, state(desk.Closed), "state"},
		{"reopen closed", desk.Closed, state(desk.Open), "state"},
		{"change closed", desk.Closed, desk.Patch{Subject: &text}, "state"},
		{"unknown state", desk.Open, state("gone"), "state"},
		{"too long", desk.Open, desk.Patch{Subject: &long}, "subject"},
		{"two lines", desk.Open, desk.Patch{Subject: &lines}, "subject"},
		{"direction override", desk.Open, desk.Patch{Words: &hidden}, "words"},
		{"unknown level", desk.Open, desk.Patch{Impact: &wrong}, "impact"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tk := fresh(t)
			tk.State = tc.from
			_, err := desk.Apply(tk, tc.patch)
			var p *desk.Problem
			switch errors.As(err, &p); {
			case tc.field == "" && err != nil:
				t.Errorf("Apply: %v, want no problem", err)
			case tc.field != "" && (p == nil || p.Field != tc.field):
				t.Errorf("Apply: %v, want a problem with %s", err, tc.field)
			}
		})
	}
}

// Whatever is asked of a ticket, in whatever order: its state stays in the
// closed set, closed stays closed, and nothing is resolved without words.
func TestTicketNeverBreaksItsRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tk, err := desk.New(desk.Ticket{Subject: "s", Requester: "r", Impact: desk.Low, Urgency: desk.Low})
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			var p desk.Patch
			if rapid.Bool().Draw(t, "hasState") {
				p.State = new(rapid.SampledFrom(append(desk.States(), "other")).Draw(t, "state"))
			}
			if rapid.Bool().Draw(t, "hasResolution") {
				p.Resolution = new(rapid.String().Draw(t, "resolution"))
			}
			after, err := desk.Apply(tk, p)
			if err != nil {
				continue
			}
			if tk.State == desk.Closed {
				t.Fatalf("a closed ticket changed to %+v", after)
			}
			if !slices.Contains(desk.States(), after.State) || !desk.CanFollow(tk.State, after.State) {
				t.Fatalf("%s became %s", tk.State, after.State)
			}
			if (after.State == desk.Resolved || after.State == desk.Closed) && after.Resolution == "" {
				t.Fatalf("%s without a resolution", after.State)
			}
			tk = after
		}
	})
}

func TestEmail(t *testing.T) {
	for in, want := range map[string]string{"Ada@Example.org ": "ada@example.org", "ada": "", "a@b@c": "", "@x": "", "a b@c": "", "a@": ""} {
		if got, err := desk.Email(in); got != want || (err == nil) != (want != "") {
			t.Errorf("Email(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParseRoles(t *testing.T) {
	got, err := desk.ParseRoles([]string{"auditor", "technician", "auditor"})
	if err != nil || desk.JoinRoles(got) != "technician auditor" {
		t.Errorf("ParseRoles = %v, %v, want technician auditor", got, err)
	}
	for _, bad := range [][]string{nil, {"root"}, {""}} {
		if _, err := desk.ParseRoles(bad); err == nil {
			t.Errorf("ParseRoles(%q) succeeded, want a problem", bad)
		}
	}
}
