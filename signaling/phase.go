package signaling

import "slices"

// Phase is where a session stands. The broker's row owns it.
type Phase string

// The phases, in the order in which a session passes through them.
const (
	Invited Phase = "invited" // the link is out
	Joined  Phase = "joined"  // the client redeemed it
	Asking  Phase = "asking"  // the technician accepted who joined; the requester is asked
	Live    Phase = "live"    // the requester allowed
	Paused  Phase = "paused"  // the requester paused
	Ended   Phase = "ended"
)

// next lists the legal moves. Every phase may end.
var next = map[Phase][]Phase{
	Invited: {Joined, Ended},
	Joined:  {Asking, Ended},
	Asking:  {Live, Ended},
	Live:    {Paused, Asking, Ended}, // Asking again: another viewer, nothing granted to it yet
	Paused:  {Live, Asking, Ended},
	Ended:   nil,
}

// CanBecome reports whether a session in phase p may move to q.
func (p Phase) CanBecome(q Phase) bool { return slices.Contains(next[p], q) }

// Reason says why a session ended. The set is closed; each has its plain words
// in the catalogue of texts ("end.<reason>").
type Reason string

// The reasons.
const (
	ByRequester   Reason = "requester"    // Stop, or the window was closed
	ByTechnician  Reason = "technician"   // Finish
	Declined      Reason = "declined"     // the requester said no
	Unanswered    Reason = "unanswered"   // no answer within the time is no
	Refused       Reason = "refused"      // the technician did not accept who joined
	Expired       Reason = "expired"      // the link was not used in time
	Revoked       Reason = "revoked"      // the technician took the link back
	NotVerified   Reason = "not_verified" // message 0 failed: somebody stood between
	WordsDiffer   Reason = "words"        // the requester did not pick the technician's words, or could not
	Violation     Reason = "violation"    // the viewer sent what no grant allows
	LostClient    Reason = "lost_client"  // the client did not come back in time
	LostToken     Reason = "lost_token"   // the broker did not renew the viewer's right
	ClientUnable  Reason = "unable"       // the machine cannot be shown (Wayland, no screen)
	ClientFailure Reason = "failure"      // the client broke
)

// Valid reports whether r is in the closed set.
func (r Reason) Valid() bool {
	switch r {
	case ByRequester, ByTechnician, Declined, Unanswered, Refused, Expired, Revoked, NotVerified, WordsDiffer,
		Violation, LostClient, LostToken, ClientUnable, ClientFailure:
		return true
	}
	return false
}
