package session

import (
	"time"

	"beside/client/internal/window"
	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
)

// maxSteps bounds what the summary lists.
const maxSteps = 200

// story is what the summary tells. Owned by run.
type story struct {
	began   time.Time // when something was allowed first
	ended   time.Time // when nothing was any more
	allowed grant.Set
	refused bool
	steps   []window.Step
}

func (s *story) add(kind window.StepKind, scopes grant.Set) {
	if kind == window.Refused {
		s.refused = true
	}
	if len(s.steps) < maxSteps {
		s.steps = append(s.steps, window.Step{At: time.Now(), Kind: kind, Scopes: scopes})
	}
}

// file tells of a file that moved.
func (s *story) file(kind window.StepKind, name string) {
	if len(s.steps) < maxSteps {
		s.steps = append(s.steps, window.Step{At: time.Now(), Kind: kind, Name: name})
	}
}

// arrived tells that the technician is there, for the first time or again.
func (s *story) arrived() {
	if len(s.steps) == 0 {
		s.add(window.Joined, grant.Set{})
		return
	}
	s.add(window.ReturnedStep, grant.Set{})
}

// meet tells of the colleague of that name.
func (s *story) meet(kind window.StepKind, name string) {
	if s.add(kind, grant.Set{}); len(s.steps) > 0 && s.steps[len(s.steps)-1].Kind == kind {
		s.steps[len(s.steps)-1].Who = name
	}
}

func (s *story) begin() {
	if s.began.IsZero() {
		s.began = time.Now()
	}
}

func (s *story) allow(scopes grant.Set) {
	s.allowed = s.allowed.Union(scopes)
	s.add(window.Gave, scopes)
}

// stepOf is how the summary tells of rights that went.
func stepOf(by control.Taker) window.StepKind {
	switch by {
	case control.ByTechnician, control.ByToken:
		return window.GaveBack
	case control.ByTime:
		return window.Lapsed
	case control.ByIdle:
		return window.Idled
	case control.ByLock:
		return window.Locked
	}
	return window.TookBack
}

// declinedAll reports whether the person was asked and allowed nothing.
func (s *story) declinedAll() bool { return s.refused && s.allowed.Empty() }

// endOf says why it ended, as far as the requester cares.
func endOf(r signaling.Reason) window.End {
	switch r {
	case signaling.ByTechnician, signaling.Refused, signaling.Revoked:
		return window.EndedByTechnician
	case signaling.Declined, signaling.Unanswered:
		return window.EndedByDecline
	case signaling.WordsDiffer:
		return window.EndedByWords
	case signaling.NotVerified, signaling.Violation:
		return window.EndedBySafety
	case signaling.LostClient, signaling.ClientFailure, signaling.ClientUnable:
		return window.EndedByLoss
	case signaling.Expired, signaling.LostToken:
		return window.EndedByTime
	}
	return window.EndedByYou
}
