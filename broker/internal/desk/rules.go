package desk

import (
	"fmt"
	"time"
)

// Priorities is how many there are, from 1 on.
const Priorities = 5

// Bounds of a promise.
const (
	MinPromise = time.Minute
	MaxPromise = 365 * 24 * time.Hour
)

// Promise is how soon, from the call on, somebody helps, and how soon it is solved.
type Promise struct{ First, Resolve time.Duration }

// Rules are what an administrator may change of the desk: whose call is how grave, and what is promised.
type Rules struct {
	Matrix   [3][3]Priority      // by impact and urgency, the gravest first
	Promises [Priorities]Promise // by priority, 1 first
}

// DefaultRules are ITIL's matrix and the promises of a new desk.
func DefaultRules() Rules {
	const day = 24 * time.Hour
	return Rules{
		Matrix: [3][3]Priority{{1, 2, 3}, {2, 3, 4}, {3, 4, 5}},
		Promises: [Priorities]Promise{
			{15 * time.Minute, 4 * time.Hour}, {time.Hour, 8 * time.Hour}, {4 * time.Hour, day}, {day, 3 * day},
			{72*time.Hour + 15*time.Minute, 7 * day},
		},
	}
}

// PriorityOf is that of an impact and an urgency. An unknown level counts as the lowest, so that a wrong word can never
// jump the queue.
func (r Rules) PriorityOf(impact, urgency Level) Priority {
	return r.Matrix[rank(impact)][rank(urgency)]
}

// Allowance is how long a ticket of a priority may wait for help before it is due: the desk's promise, and what its
// queue is ordered by.
func (r Rules) Allowance(p Priority) time.Duration {
	return r.Promises[min(max(p, 1), Priorities)-1].First
}

// DueAt is when a ticket is due. The queue is in this order, and of those that are due at once in that of their numbers:
// the gravest come first, and whoever has waited long enough comes before the graver ones that have not (earliest
// deadline first).
func (r Rules) DueAt(created time.Time, p Priority) time.Time { return created.Add(r.Allowance(p)) }

// MaxOvertake bounds the injustice of the queue: whoever waits is never passed by somebody who came later than this after
// them, however urgent, and however many come. So nobody starves.
func (r Rules) MaxOvertake() time.Duration { return r.Allowance(Priorities) - r.Allowance(1) }

// Check refuses rules under which a graver call would be helped later than a lesser one.
func (r Rules) Check() error {
	above := r.Matrix[0]
	for _, row := range r.Matrix {
		before := row[0]
		for u, p := range row {
			if p < 1 || p > Priorities {
				return &Problem{Field: "matrix", Text: fmt.Sprintf("a priority is a number from 1 to %d", Priorities)}
			}
			if p < above[u] || p < before {
				return &Problem{Field: "matrix", Text: "what is graver or more urgent cannot come later"}
			}
			before = p
		}
		above = row
	}
	for i, p := range r.Promises {
		switch {
		case p.First < MinPromise || p.Resolve > MaxPromise:
			return &Problem{Field: "promises", Text: "a promise is of a minute at least and a year at most"}
		case p.Resolve < p.First:
			return &Problem{Field: "promises", Text: "nothing is solved before somebody helps"}
		case i > 0 && (p.First < r.Promises[i-1].First || p.Resolve < r.Promises[i-1].Resolve):
			return &Problem{Field: "promises", Text: "a lower priority cannot be promised more"}
		}
	}
	return nil
}
