package desk

import "time"

// Allowance is how long a ticket of a priority may wait for help before it is due:
// the desk's promise, and what its queue is ordered by.
func Allowance(p Priority) time.Duration {
	switch p {
	case 1:
		return 15 * time.Minute
	case 2:
		return time.Hour
	case 3:
		return 4 * time.Hour
	case 4:
		return 24 * time.Hour
	default:
		return MaxOvertake + 15*time.Minute
	}
}

// MaxOvertake bounds the injustice of the queue: whoever waits is never passed by
// somebody who came later than this after them, however urgent, and however many
// come. So nobody starves.
const MaxOvertake = 72 * time.Hour

// DueAt is when a ticket is due. The queue is in this order, and of those that are
// due at once in that of their numbers: the gravest come first, and whoever has
// waited long enough comes before the graver ones that have not (earliest deadline
// first).
func DueAt(created time.Time, p Priority) time.Time { return created.Add(Allowance(p)) }
