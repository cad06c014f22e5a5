package report_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/report"
)

const minute = 60_000

// at is a moment of March 2026; the 2nd is a Monday.
func at(day, hour, min int) time.Time { return time.Date(2026, 3, day, hour, min, 0, 0, time.UTC) }

// golden is two weeks at a small desk. All figures below were counted by hand.
var golden = []report.Call{
	// Before the period: the 23rd and 25th of February.
	{Number: 1, Subject: "Printer jams", Category: "Printer", Requester: "Sam", Technician: "Ada", Priority: 4, Created: at(-5, 9, 0), Helped: at(-5, 9, 30), Resolved: at(-5, 10, 0)},
	{Number: 2, Subject: "No sound", Requester: "Kim", Priority: 5, Created: at(-3, 9, 0)}, // waits still
	// The week of the 2nd.
	{Number: 3, Subject: "VPN drops", Category: "Network", Requester: "Jo", Technician: "Ada", Priority: 1, Created: at(2, 9, 0), Helped: at(2, 9, 10), Resolved: at(2, 9, 40)},      // wait 10, resolve 40, kept (15 min)
	{Number: 4, Subject: "VPN drops", Category: "Network", Requester: "Max", Technician: "Bob", Priority: 1, Created: at(2, 9, 5), Helped: at(2, 9, 35), Resolved: at(2, 10, 5)},     // wait 30, resolve 60, broken
	{Number: 5, Subject: "Printer empty", Category: "Printer", Requester: "sam", Technician: "Bob", Priority: 3, Created: at(3, 8, 0), Helped: at(3, 10, 0), Resolved: at(3, 12, 0)}, // wait 120, resolve 240, kept (4 h); again: Sam, 8 days before
	{Number: 6, Subject: "New account", Requester: "Lee", Technician: "Ada", Priority: 5, Created: at(4, 8, 0), Resolved: at(4, 8, 20)},                                              // without a session: wait 20, resolve 20, kept
	// The week of the 9th.
	{Number: 7, Subject: "new account", Requester: "Ann", Technician: "Ada", Priority: 4, Created: at(9, 8, 0), Helped: at(10, 9, 0)}, // wait 25 h, broken (1 day), not resolved
	{Number: 8, Subject: "Screen dark", Category: "Network", Requester: "Jo", Priority: 5, Created: at(13, 8, 0)},                     // waits, due on the 16th; again: Jo, 11 days before
	{Number: 9, Subject: "Mail is slow", Category: "Mail", Requester: "Eva", Priority: 2, Created: at(12, 8, 0)},                      // waits, was due at 9:00: broken
	// After the period.
	{Number: 10, Subject: "Late", Requester: "Zoe", Priority: 3, Created: at(16, 0, 0)},
}

func TestGoldenReport(t *testing.T) {
	from, to := at(2, 0, 0), at(16, 0, 0)
	got := report.Of(due(golden), from, to, at(15, 12, 0))
	all := report.Figures{
		Calls: 7, Resolved: 4,
		WaitP50: 30 * minute, WaitP95: 25 * 60 * minute, // 10 20 30 120 1500: the 3rd, the 5th
		ResolveP50: 40 * minute, ResolveP95: 240 * minute, // 20 40 60 240: the 2nd, the 4th
		Kept: 3, Broken: 3, Again: 2,
	}
	want := report.Report{
		From: from, To: to, All: all,
		Waiting: 4, // 2, 7, 8, 9
		ByPriority: []report.Group{
			{Key: "1", Figures: report.Figures{Calls: 2, Resolved: 2, WaitP50: 10 * minute, WaitP95: 30 * minute, ResolveP50: 40 * minute, ResolveP95: 60 * minute, Kept: 1, Broken: 1}},
			{Key: "2", Figures: report.Figures{Calls: 1, Broken: 1}},
			{Key: "3", Figures: report.Figures{Calls: 1, Resolved: 1, WaitP50: 120 * minute, WaitP95: 120 * minute, ResolveP50: 240 * minute, ResolveP95: 240 * minute, Kept: 1, Again: 1}},
			{Key: "4", Figures: report.Figures{Calls: 1, WaitP50: 1500 * minute, WaitP95: 1500 * minute, Broken: 1}},
			{Key: "5", Figures: report.Figures{Calls: 2, Resolved: 1, WaitP50: 20 * minute, WaitP95: 20 * minute, ResolveP50: 20 * minute, ResolveP95: 20 * minute, Kept: 1, Again: 1}},
		},
		ByCategory: []report.Group{
			{Key: "", Figures: report.Figures{Calls: 2, Resolved: 1, WaitP50: 20 * minute, WaitP95: 1500 * minute, ResolveP50: 20 * minute, ResolveP95: 20 * minute, Kept: 1, Broken: 1}},
			{Key: "Mail", Figures: report.Figures{Calls: 1, Broken: 1}},
			{Key: "Network", Figures: report.Figures{Calls: 3, Resolved: 2, WaitP50: 10 * minute, WaitP95: 30 * minute, ResolveP50: 40 * minute, ResolveP95: 60 * minute, Kept: 1, Broken: 1, Again: 1}},
			{Key: "Printer", Figures: report.Figures{Calls: 1, Resolved: 1, WaitP50: 120 * minute, WaitP95: 120 * minute, ResolveP50: 240 * minute, ResolveP95: 240 * minute, Kept: 1, Again: 1}},
		},
		ByTechnician: []report.Group{
			{Key: "", Figures: report.Figures{Calls: 2, Broken: 1, Again: 1}},
			{Key: "Ada", Figures: report.Figures{Calls: 3, Resolved: 2, WaitP50: 20 * minute, WaitP95: 1500 * minute, ResolveP50: 20 * minute, ResolveP95: 40 * minute, Kept: 2, Broken: 1}},
			{Key: "Bob", Figures: report.Figures{Calls: 2, Resolved: 2, WaitP50: 30 * minute, WaitP95: 120 * minute, ResolveP50: 60 * minute, ResolveP95: 240 * minute, Kept: 1, Broken: 1, Again: 1}},
		},
		ByWeek: []report.Group{
			{Key: "2026-03-02", Figures: report.Figures{Calls: 4, Resolved: 4, WaitP50: 20 * minute, WaitP95: 120 * minute, ResolveP50: 40 * minute, ResolveP95: 240 * minute, Kept: 3, Broken: 1, Again: 1}},
			{Key: "2026-03-09", Figures: report.Figures{Calls: 3, WaitP50: 1500 * minute, WaitP95: 1500 * minute, Broken: 2, Again: 1}},
		},
		// Network 3 to 0 before, new account 2 to 0, Mail 1 to 0, Printer 1 to 1.
		Issues: []report.Issue{{Name: "Network", Calls: 3}, {Name: "New account", Calls: 2}, {Name: "Mail", Calls: 1}, {Name: "Printer", Calls: 1, Before: 1}},
	}
	for name, pair := range map[string][2]any{
		"all": {got.All, want.All}, "waiting": {got.Waiting, want.Waiting}, "priority": {got.ByPriority, want.ByPriority},
		"category": {got.ByCategory, want.ByCategory}, "technician": {got.ByTechnician, want.ByTechnician}, "week": {got.ByWeek, want.ByWeek},
		"issues": {got.Issues, want.Issues},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, pair[0], pair[1])
		}
	}
}

func TestEmptyPeriod(t *testing.T) {
	got := report.Of(nil, at(2, 0, 0), at(9, 0, 0), at(9, 0, 0))
	if got.All != (report.Figures{}) || got.Waiting != 0 || len(got.ByWeek) != 0 || got.Issues == nil {
		t.Errorf("got %+v", got)
	}
}

func TestWeeksBeginOnMonday(t *testing.T) {
	for day, want := range map[int]int{1: -5 + 0, 2: 2, 8: 2, 9: 9} {
		if got := report.Monday(at(day, 23, 59)); !got.Equal(at(want, 0, 0)) {
			t.Errorf("March %d: %v", day, got)
		}
	}
}

// A branch of the tree counts what is below it too; each call counts once in all.
func TestBranchesCountWhatIsBelow(t *testing.T) {
	calls := []report.Call{
		{Number: 1, Category: "Printing", Priority: 5, Created: at(2, 9, 0), Spent: time.Minute},
		{Number: 2, Category: "Printing / Toner", Priority: 5, Created: at(2, 10, 0), Spent: 2 * time.Minute},
		{Number: 3, Category: "Printing / Toner / Blue", Priority: 5, Created: at(2, 11, 0)},
		{Number: 4, Category: "Printing presses", Priority: 5, Created: at(2, 12, 0), Spent: 4 * time.Minute},
	}
	r := report.Of(due(calls), at(2, 0, 0), at(3, 0, 0), at(2, 13, 0))
	type row struct {
		key          string
		calls, spent int
	}
	want := []row{{"Printing", 3, 3 * minute}, {"Printing / Toner", 2, 2 * minute}, {"Printing / Toner / Blue", 1, 0}, {"Printing presses", 1, 4 * minute}}
	var got []row
	for _, g := range r.ByCategory {
		got = append(got, row{g.Key, g.Calls, int(g.Spent)})
	}
	if !reflect.DeepEqual(got, want) || r.All.Calls != 4 || r.All.Spent != 7*minute {
		t.Errorf("by category %v and %d in all, want %v and 4", got, r.All.Calls, want)
	}
	if name := r.Issues[0].Name; r.Issues[0].Calls != 1 {
		t.Errorf("issue %q counts %d, want each by its own path", name, r.Issues[0].Calls)
	}
}

// due says of calls when help was due, as a new desk promises.
func due(calls []report.Call) []report.Call {
	all := slices.Clone(calls)
	for i, c := range all {
		all[i].Due = desk.DefaultRules().DueAt(c.Created, c.Priority)
	}
	return all
}
