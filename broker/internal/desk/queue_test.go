package desk_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/desk"
)

func TestGraverIsDueSooner(t *testing.T) {
	rules := desk.DefaultRules()
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for p := desk.Priority(1); p < 5; p++ {
		if !rules.DueAt(at, p).Before(rules.DueAt(at, p+1)) {
			t.Errorf("priority %d is not due before %d", p, p+1)
		}
	}
	if rules.MaxOvertake() != 72*time.Hour {
		t.Error("the bound is not what the allowances say")
	}
}

// TestYearUnderOverload is a desk that has a fifth more to do than it can: every hour
// of a year 12 come and 10 are helped. Who comes in vain anywhere waits here too, but
// nobody is passed by somebody who came more than MaxOvertake later. By priority
// alone most of the lowest are never helped.
func TestYearUnderOverload(t *testing.T) {
	rules := desk.DefaultRules()
	type call struct {
		at       time.Time
		priority desk.Priority
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	// Those of one priority are helped in the order in which they came, by either rule.
	year := func(before func(a, b call) bool) (passed time.Duration, unheard int) {
		random := rand.New(rand.NewPCG(1, 2)) // #nosec G404 -- a year that is the same each time
		var lines [6][]call                   // by priority
		for hour := range 365 * 24 {
			var came []call
			for range 12 {
				at := start.Add(time.Duration(hour)*time.Hour + time.Duration(random.IntN(3600))*time.Second)
				came = append(came, call{at, rules.PriorityOf(desk.Levels()[random.IntN(3)], desk.Levels()[random.IntN(3)])})
			}
			slices.SortFunc(came, func(a, b call) int { return a.at.Compare(b.at) })
			for _, c := range came {
				lines[c.priority] = append(lines[c.priority], c)
			}
			for range 10 {
				next := -1
				for p, line := range lines {
					if len(line) > 0 && (next < 0 || before(line[0], lines[next][0])) {
						next = p
					}
				}
				if next < 0 {
					break
				}
				helped := lines[next][0]
				lines[next] = lines[next][1:]
				for _, line := range lines {
					if len(line) > 0 {
						passed = max(passed, helped.at.Sub(line[0].at))
					}
				}
			}
		}
		return passed, len(lines[5])
	}
	due := func(a, b call) bool { return rules.DueAt(a.at, a.priority).Before(rules.DueAt(b.at, b.priority)) }
	passed, unheard := year(due)
	if passed > rules.MaxOvertake() {
		t.Errorf("somebody was passed by one who came %v later, the bound is %v", passed, rules.MaxOvertake())
	}
	strict := func(a, b call) bool {
		return a.priority < b.priority || a.priority == b.priority && a.at.Before(b.at)
	}
	worst, starved := year(strict)
	t.Logf("by due time: passed by at most %v, %d of the lowest wait at the end; by priority alone: %v, %d", passed, unheard, worst, starved)
	if worst < 300*24*time.Hour || starved < 2*unheard {
		t.Errorf("the year is no test: by priority alone somebody is passed by %v, and %d starve (%d here)", worst, starved, unheard)
	}
}
