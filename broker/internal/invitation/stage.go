package invitation

import (
	"time"

	"beside/broker/internal/store"
	"beside/signaling"
)

// Stage is how far the requester has come, in one word for both pages.
type Stage string

// The stages before the session's phases; from joined on they are the phases'
// own words.
const (
	Waiting Stage = "invited" // the link is out
	Opened  Stage = "opened"  // somebody touched its page
	Expired Stage = "expired" // it was not used in time
	Revoked Stage = "revoked" // the technician took it back
)

// Stages lists the closed set.
func Stages() []Stage {
	return []Stage{Waiting, Opened, Expired, Revoked, Stage(signaling.Joined), Stage(signaling.Asking), Stage(signaling.Live), Stage(signaling.Paused), Stage(signaling.Ended)}
}

// StageOf tells the stage at a time. A link whose time is over is expired from
// that moment, whether or not its session has been ended yet.
func StageOf(i store.Invitation, s store.Session, now time.Time) Stage {
	switch {
	case !i.RedeemedAt.IsZero():
		return Stage(s.Phase)
	case !i.RevokedAt.IsZero():
		return Revoked
	case s.Phase == signaling.Ended && s.Reason != signaling.Expired:
		return Stage(signaling.Ended) // by the technician, before anybody came
	case !now.Before(i.ExpiresAt):
		return Expired
	case !i.OpenedAt.IsZero():
		return Opened
	default:
		return Waiting
	}
}
