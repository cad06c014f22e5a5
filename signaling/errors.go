package signaling

import "fmt"

// Code names an error that crosses the wire. The set is closed; docs/protocol.md
// says of each what went wrong and what the receiver does.
type Code string

// The codes.
const (
	BadMessage   Code = "bad_message"   // not one of the messages, or malformed
	BadOrder     Code = "bad_order"     // a message that does not belong here and now
	TooLarge     Code = "too_large"     // over MaxMessageBytes
	TooMany      Code = "too_many"      // over the rate
	Unauthorized Code = "unauthorized"  // token or proof refused
	Timeout      Code = "timeout"       // no auth in time
	Superseded   Code = "superseded"    // a newer socket of this side took over
	SessionEnded Code = "session_ended" // the session is over
	GoingAway    Code = "going_away"    // the broker stops: connect again
	Internal     Code = "internal"      // the broker's fault; ID is also in its log
)

// Error is what a peer is told. Text says what happened and what to do next; it
// holds nothing from inside.
type Error struct {
	Code Code   `json:"code"`
	Text string `json:"text"`
	ID   string `json:"id,omitempty"` // finds the line in the broker's log
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Text) }

// Errorf makes an Error.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}
