package consent

import (
	"errors"
	"time"

	"beside/signaling/grant"
)

// Errors that Questions.Begin returns.
var (
	// ErrBusy: another question is on the screen.
	ErrBusy = errors.New("another question is open")
	// ErrNotOffered: nothing of what is asked may be asked now.
	ErrNotOffered = errors.New("no such right is offered")
	// ErrGranted: all of it is granted already, so there is nothing to ask.
	ErrGranted = errors.New("already granted")
)

const (
	// maxRefused is how many questions in a row may come to nothing before
	// asking rests for restAfter: a technician cannot wear a person down.
	maxRefused = 3
	restAfter  = 30 * time.Second
	// RenewWithin is how long before their end rights may be asked for once more.
	RenewWithin = 5 * time.Minute
)

// offered is what this client can do at all, whatever a token says.
var offered = grant.SetOf(grant.View, grant.Control, grant.ClipboardSend, grant.ClipboardFetch, grant.FilesSend, grant.FilesFetch, grant.Facts, grant.Point, grant.Record)

// Offered returns the rights that this client can give.
func Offered() grant.Set { return offered }

// Questions decides whether and what the requester may be asked. It belongs to
// the goroutine that runs the session. Its zero value is ready.
type Questions struct {
	open    bool
	refused int
	rest    time.Time // no question before this
}

// Begin opens a question and returns what to ask for: what is asked, within the
// token and what this client offers, less what is granted already, unless all of
// it is and lapses soon: then it is asked for once more. Every Begin without an
// error is followed by one End.
func (q *Questions) Begin(now time.Time, asked, token, granted grant.Set, until time.Time) (grant.Set, error) {
	may := asked.Narrow(token).Narrow(offered)
	switch {
	case q.open:
		return grant.Set{}, ErrBusy
	case may.Empty(), now.Before(q.rest):
		return grant.Set{}, ErrNotOffered
	case granted.ContainsAll(may) && until.Sub(now) > RenewWithin:
		return grant.Set{}, ErrGranted
	case granted.ContainsAll(may):
		q.open = true
		return may, nil
	}
	q.open = true
	return may.Without(granted), nil
}

// End closes the question.
func (q *Questions) End(now time.Time, allowed bool) {
	q.open = false
	if allowed {
		q.refused = 0
		return
	}
	if q.refused++; q.refused >= maxRefused {
		q.refused, q.rest = 0, now.Add(restAfter)
	}
}

// Open reports whether a question is on the screen.
func (q *Questions) Open() bool { return q.open }
