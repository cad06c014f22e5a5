package session

import "beside/signaling/record"

// Refusal is a request that is answered with no. Code is stable; Text says what
// happened and what to do.
type Refusal struct{ Code, Text string }

// Error implements error.
func (r *Refusal) Error() string { return r.Code + ": " + r.Text }

// The refusals.
var (
	errUnknown = &Refusal{"invitation_unknown", "This link is not known here. Ask for a new one."}
	errExpired = &Refusal{"invitation_expired", "This link is too old. Ask for a new one."}
	errRevoked = &Refusal{"invitation_revoked", "This link was taken back. Ask for a new one."}
	errUsed    = &Refusal{"invitation_used", "This link was used before, on another computer or by another start of the program. Ask for a new one."}
	errEnded   = &Refusal{"session_ended", "This session is over. Ask for a new link."}
	errProof   = &Refusal{"proof_refused", "The key's proof does not hold. Check this computer's clock, then try again."}
	errKey     = &Refusal{"key_refused", "This session belongs to another key: the program or browser that began it must go on with it."}
	errOwner   = &Refusal{"not_yours", "This session belongs to another technician."}
	errNotLive = &Refusal{"session_not_live", "Nobody can look on before the person has allowed you to see their screen."}
	errCall    = &Refusal{"call_unknown", "This link is not good any more. Ask your colleague for a new one."}
	errCalled  = &Refusal{"call_not_yours", "This link is for one colleague of who made it. Ask them for a link of your own."}
	errWaiting = &Refusal{"nobody_joined", "Nobody has joined yet. Wait until the program was started."}
)

// denied is an event that says that something was refused.
func denied(data record.Data, actor record.Actor, session string) record.Event {
	e := record.New(data, record.ByBroker, actor)
	e.Outcome, e.Session = record.Denied, session
	return e
}
