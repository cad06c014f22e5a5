// Package effect says of a session what an auditor looks for: what came of it, in a
// few words that can be searched. Effects are derived from the session's events and
// can be derived anew at any time.
package effect

import (
	"slices"
	"strings"
	"time"

	"beside/signaling/grant"
	"beside/signaling/record"
)

// Effect names something that came of a session; the catalogue has its words under
// effect.<name>.
type Effect string

// The effects.
const (
	Shown            Effect = "shown"             // the screen was shown
	Controlled       Effect = "controlled"        // mouse or keyboard were used
	ControlledLong   Effect = "controlled-long"   // control was lent for half an hour or more
	FileCame         Effect = "file-came"         // a file of the technician was put on the machine
	FileLeft         Effect = "file-left"         // a file left the machine, or a part of one did
	CopiedOut        Effect = "copied-out"        // text that was copied there went to the technician
	Recorded         Effect = "recorded"          // a recording began
	RecordingRefused Effect = "recording-refused" // it was asked for, and the person did not allow it
	Declined         Effect = "declined"          // a question was declined
	Widened          Effect = "widened"           // more was allowed than at first
	TakenBack        Effect = "taken-back"        // the person took a right back
	Alarm            Effect = "alarm"             // "This feels wrong"
	Violation        Effect = "violation"         // the viewer sent what no grant allowed
	Unproven         Effect = "unproven"          // the two ends could not prove each other
	Incomplete       Effect = "incomplete"        // the client never said that its record is complete
)

// Long is from when on lent control is ControlledLong.
const Long = 30 * time.Minute

// All lists the effects in the order in which people read them.
func All() []Effect {
	return []Effect{Shown, Controlled, ControlledLong, FileCame, FileLeft, CopiedOut, Recorded, RecordingRefused, Declined, Widened, TakenBack, Alarm, Violation, Unproven, Incomplete}
}

// Of finds the effects of a session in its events, in the order of All. Events are
// those of a session that is over.
func Of(events []record.Event) []Effect {
	var s story
	for _, e := range events {
		s.add(e)
	}
	s.lend(s.last, false)
	if s.lent >= Long {
		s.found(ControlledLong)
	}
	return slices.DeleteFunc(All(), func(e Effect) bool { return !s.has[e] })
}

// story is what is known after some events.
type story struct {
	has     map[Effect]bool
	granted grant.Set
	allowed bool          // something was, once
	since   time.Time     // control is lent; zero: it is not
	lent    time.Duration // in all
	last    time.Time
}

func (s *story) found(e Effect) {
	if s.has == nil {
		s.has = make(map[Effect]bool)
	}
	s.has[e] = true
}

func (s *story) add(e record.Event) {
	at := e.Time
	if e.Signed != nil { // told late, perhaps
		if said, err := e.Signed.Time(); err == nil {
			at = said
		}
	}
	s.last = at
	switch d := e.Data.(type) {
	case record.CaptureStarted:
		s.found(Shown)
	case record.ControlStarted:
		s.found(Controlled)
	case record.FileReceived:
		s.found(FileCame)
	case record.FileSent:
		s.found(FileLeft)
	case record.FileFailed:
		if d.Direction == record.Fetched && d.Moved > 0 {
			s.found(FileLeft)
		}
	case record.ClipboardRead:
		s.found(CopiedOut)
	case record.RecordingStarted:
		s.found(Recorded)
	case record.ConsentDeclined:
		s.found(Declined)
		s.refused(d.Asked, "")
	case record.ConsentGranted:
		s.refused(d.Asked, d.Scopes)
		s.rights(at, d.Scopes)
	case record.RightsRevoked:
		if d.By == "requester" {
			s.found(TakenBack)
		}
		gone, err := grant.ParseSet(d.Scopes)
		if err == nil {
			s.granted = s.granted.Without(gone)
			s.lend(at, s.granted.Contains(grant.Control))
		}
	case record.AlarmRaised:
		s.found(Alarm)
	case record.ScopeViolation:
		s.found(Violation)
	case record.VerifyFailed:
		s.found(Unproven)
	case record.ClientStopped:
		s.lend(at, false)
	case record.SessionEnded:
		s.lend(at, false)
	case record.SessionSealed:
		if !d.Client {
			s.found(Incomplete)
		}
	}
}

// rights takes in what is allowed from now on.
func (s *story) rights(at time.Time, scopes string) {
	now, err := grant.ParseSet(scopes)
	if err != nil {
		return // a kind of right that this broker does not know
	}
	if s.allowed && !now.Without(s.granted).Empty() {
		s.found(Widened)
	}
	s.allowed, s.granted = true, now
	s.lend(at, now.Contains(grant.Control))
}

func (s *story) refused(asked, allowed string) {
	if slices.Contains(strings.Fields(asked), string(grant.Record)) && !slices.Contains(strings.Fields(allowed), string(grant.Record)) {
		s.found(RecordingRefused)
	}
}

// lend counts the time of control, by the client's clock.
func (s *story) lend(at time.Time, lent bool) {
	if !s.since.IsZero() && at.After(s.since) {
		s.lent += at.Sub(s.since)
	}
	if s.since = (time.Time{}); lent {
		s.since = at
	}
}
