// Package report counts what a help desk did in a period. It is pure: it is given
// calls and knows no database and no clock. docs/desk.md says what each figure means.
package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"beside/broker/internal/desk"
)

// Again is how long a requester who comes again counts as one who came before.
const Again = 14 * 24 * time.Hour

// Call is one ticket, as far as a report needs it.
type Call struct {
	Number                       int64
	Subject, Category, Requester string
	Technician                   string // who has it, or had it at the end; empty: nobody
	Priority                     desk.Priority
	Created                      time.Time
	Due                          time.Time     // when help is, or was, due
	Helped                       time.Time     // when help was first offered; zero: not yet
	Resolved                     time.Time     // zero: not yet
	Spent                        time.Duration // its sessions that ended, and what technicians say besides
	Withdrawn                    bool          // the requester did not need help any more: that is Resolved
	Rated, RatedHelped           int           // sessions of which the requester said whether it helped, and that it did
}

// helped is when the wait was over: a call that was resolved without a session was
// helped by that.
func (c Call) helped() time.Time {
	if c.Helped.IsZero() || !c.Resolved.IsZero() && c.Resolved.Before(c.Helped) {
		return c.Resolved
	}
	return c.Helped
}

// Waits are how long those who came since a time waited, by priority, who were helped by now.
func Waits(calls []Call, since time.Time) map[desk.Priority][]time.Duration {
	by := make(map[desk.Priority][]time.Duration)
	for _, c := range calls {
		if at := c.helped(); !c.Created.Before(since) && !at.IsZero() && !c.gone() {
			by[c.Priority] = append(by[c.Priority], at.Sub(c.Created))
		}
	}
	return by
}

// gone reports whether the requester went before there was help.
func (c Call) gone() bool { return c.Withdrawn && c.Helped.IsZero() }

// Figures are those of some calls.
type Figures struct {
	Calls    int // that came in the period
	Resolved int // of these, by now
	// Times from the call: to help, of those helped by now, and to the resolution. Each is a
	// percentile by nearest rank, in milliseconds; 0 when there are none.
	WaitP50, WaitP95       int64
	ResolveP50, ResolveP95 int64
	// Kept and Broken count those that were helped before they were due, and those that were
	// not, or are due now and wait; the others still have time.
	Kept, Broken int
	Spent        int64 // on all of them together, in milliseconds
	Again        int   // whose requester had called within Again before
	// Rated sessions are those of which the requester said whether it helped; RatedHelped, that it did.
	Rated, RatedHelped int
}

// Group is the figures of calls that have something in common.
type Group struct {
	Key string // a priority, category, technician's name, or the Monday of a week
	Figures
}

// Issue is what people called about, and how often in the period before.
type Issue struct {
	Name          string // of the category, or the subject where there is none
	Calls, Before int
}

// Report is a period's.
type Report struct {
	From, To     time.Time // from, and up to but not including
	All          Figures
	Waiting      int // unresolved at the end of the period
	ByPriority   []Group
	ByCategory   []Group // by paths; a branch counts what is below it too
	ByTechnician []Group
	ByWeek       []Group
	Issues       []Issue // the most frequent first, at most MaxIssues
}

// MaxIssues bounds the list of issues.
const MaxIssues = 20

// Of makes a report of a period at a moment. calls are all that came before its end;
// those from before its beginning are looked at for who came again, what was more
// or less frequent, and what waits. Weeks begin on Monday in the zone of from.
func Of(calls []Call, from, to, now time.Time) Report {
	r := Report{From: from, To: to}
	calls = slices.Clone(calls)
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Number, b.Number)) })
	last := make(map[string]time.Time) // by requester
	var in []counted
	issues := make(map[string]*Issue)
	before := from.Add(-to.Sub(from))
	for _, c := range calls {
		if !c.Created.Before(to) {
			continue
		}
		if c.Resolved.IsZero() || !c.Resolved.Before(to) {
			r.Waiting++
		}
		name := strings.ToLower(c.Requester)
		came, known := last[name]
		last[name] = c.Created
		inside := !c.Created.Before(from)
		if inside {
			in = append(in, counted{c, known && c.Created.Sub(came) <= Again})
		}
		if inside || !c.Created.Before(before) {
			count(issues, c, inside)
		}
	}
	r.All = figures(in, now)
	r.ByPriority = groups(in, now, func(c Call) string { return fmt.Sprint(int(c.Priority)) })
	r.ByCategory = groupsOfMany(in, now, func(c Call) []string { return desk.Branches(c.Category) })
	r.ByTechnician = groups(in, now, func(c Call) string { return c.Technician })
	r.ByWeek = groups(in, now, func(c Call) string { return Monday(c.Created.In(from.Location())).Format(time.DateOnly) })
	r.Issues = frequent(issues)
	return r
}

type counted struct {
	Call
	again bool
}

// Monday is the beginning of the week of a moment.
func Monday(t time.Time) time.Time {
	days := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-days, 0, 0, 0, 0, t.Location())
}

func count(issues map[string]*Issue, c Call, inside bool) {
	name := cmp.Or(c.Category, strings.TrimSpace(c.Subject))
	key := strings.ToLower(name)
	i := issues[key]
	if i == nil {
		i = &Issue{Name: name}
		issues[key] = i
	}
	if inside {
		i.Calls++
	} else {
		i.Before++
	}
}

func frequent(issues map[string]*Issue) []Issue {
	all := make([]Issue, 0, len(issues))
	for _, i := range issues {
		if i.Calls > 0 {
			all = append(all, *i)
		}
	}
	slices.SortFunc(all, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Before, b.Before), strings.Compare(a.Name, b.Name))
	})
	return all[:min(len(all), MaxIssues)]
}

func groups(calls []counted, now time.Time, key func(Call) string) []Group {
	return groupsOfMany(calls, now, func(c Call) []string { return []string{key(c)} })
}

// groupsOfMany is for calls that are in several groups.
func groupsOfMany(calls []counted, now time.Time, keys func(Call) []string) []Group {
	by := make(map[string][]counted)
	for _, c := range calls {
		for _, k := range keys(c.Call) {
			by[k] = append(by[k], c)
		}
	}
	all := make([]Group, 0, len(by))
	for _, k := range slices.Sorted(maps.Keys(by)) {
		all = append(all, Group{k, figures(by[k], now)})
	}
	return all
}

func figures(calls []counted, now time.Time) (f Figures) {
	var waits, resolves []time.Duration
	for _, c := range calls {
		f.Calls++
		f.Rated += c.Rated
		f.Spent += c.Spent.Milliseconds()
		f.RatedHelped += c.RatedHelped
		if !c.Resolved.IsZero() && !c.Withdrawn {
			f.Resolved++
			resolves = append(resolves, c.Resolved.Sub(c.Created))
		}
		if c.again {
			f.Again++
		}
		switch at := c.helped(); {
		case at.IsZero() && now.After(c.Due):
			f.Broken++
		case at.IsZero():
		case c.gone() && at.After(c.Due):
			f.Broken++
		case c.gone():
		case at.After(c.Due):
			f.Broken++
			waits = append(waits, at.Sub(c.Created))
		default:
			f.Kept++
			waits = append(waits, at.Sub(c.Created))
		}
	}
	f.WaitP50, f.WaitP95 = percentile(waits, 50), percentile(waits, 95)
	f.ResolveP50, f.ResolveP95 = percentile(resolves, 50), percentile(resolves, 95)
	return f
}

// percentile is that by nearest rank, in milliseconds.
func percentile(times []time.Duration, p float64) int64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	rank := int(math.Ceil(p / 100 * float64(len(times))))
	return max(times[rank-1], 0).Milliseconds()
}
