// Package control is what client and viewer say to each other on the data
// channels "control" (reliable, ordered) and "pointer" (unreliable): proofs,
// questions of consent, rights and input. Messages are JSON objects with a type,
// one struct a message, decoded strictly. The package has no effects: what a
// message may do is decided by the client's consent package.
//
//	viewer                                   client
//	  hello{proof, key, token}   ──▶ ◀──   hello{proof}        message 0, both ways
//	  token{token}               ──▶                           each renewal
//	  ask{id, scopes}            ──▶
//	                                 ◀──   asking{id}          the window is open
//	                                 ◀──   granted{…} | declined{id, reason}
//	  yield{scopes}              ──▶                           gives rights back
//	                                 ◀──   rights{…}           whenever they change
//	                                 ◀──   screens{…}
//	  show{monitor}              ──▶
//	  key, text, button, wheel, move, release ──▶              see input.go
//	                                 ◀──   notice{code}        why something cannot be done
//	  bye{reason}                ──▶ ◀──   bye{reason}
package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"beside/signaling"
	"beside/signaling/grant"
)

// Labels of the data channels. The client makes them.
const (
	ChannelDisplay = "display" // ordered, reliable: see signaling/display
	ChannelControl = "control" // ordered, reliable
	ChannelPointer = "pointer" // unordered, no retransmission: only move
)

const (
	// MaxMessageBytes bounds one message.
	MaxMessageBytes = 8 << 10

	maxIDBytes    = 64
	maxTokenBytes = 2048
	maxMonitors   = 16
)

// ErrMessage reports bytes that are not one of the messages.
var ErrMessage = errors.New("not a control message")

// Message is one of the structs of this package.
type Message interface{ controlType() string }

// HelloViewer is the viewer's message 0: the binding signed by the invite key
// (invite.Binding.ViewerProof), that key, and its access token.
type HelloViewer struct {
	Proof []byte `json:"proof"`
	Key   []byte `json:"key"`
	Token string `json:"token"`
}

// HelloClient is the client's message 0 (invite.Binding.ClientProof) and the
// session key that signs its grants.
type HelloClient struct {
	Proof []byte `json:"proof"`
	Key   []byte `json:"key"`
}

// Token renews the viewer's access token at the client.
type Token struct {
	Token string `json:"token"`
}

// Ask asks the requester for rights.
type Ask struct {
	ID     string    `json:"id"`
	Scopes grant.Set `json:"scopes"`
}

// Asking says that the consent window for this Ask is on the screen.
type Asking struct {
	ID string `json:"id"`
}

// Granted is the answer that allowed something. Scopes of the grant may be
// fewer than asked.
type Granted struct {
	ID    string       `json:"id"`
	Grant grant.Signed `json:"grant"`
}

// DeclineReason says how an Ask came to nothing.
type DeclineReason string

// The reasons.
const (
	Declined   DeclineReason = "declined"
	Unanswered DeclineReason = "unanswered"
	NotOffered DeclineReason = "not_offered" // the token or this client does not hold such a right
	Busy       DeclineReason = "busy"        // another question is on the screen
)

// AskDeclined is the answer that allowed nothing.
type AskDeclined struct {
	ID     string        `json:"id"`
	Reason DeclineReason `json:"reason"`
}

// Yield gives rights back.
type Yield struct {
	Scopes grant.Set `json:"scopes"`
}

// Rights is what holds now, whenever it changed. Input carries Generation, so
// that what was under way when rights changed is not applied.
type Rights struct {
	Generation uint64    `json:"generation"`
	Scopes     grant.Set `json:"scopes"`
	Paused     bool      `json:"paused"` // the requester paused: rights rest
	Asking     bool      `json:"asking"` // a consent window is open: control rests
}

// Monitor is one screen of the client, in pixels of the whole desktop.
type Monitor struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	X       int    `json:"x"`
	Y       int    `json:"y"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Primary bool   `json:"primary"`
}

// Screens lists the monitors and which one is shown.
type Screens struct {
	Monitors []Monitor `json:"monitors"`
	Shown    string    `json:"shown"`
}

// Show chooses the monitor to be shown.
type Show struct {
	Monitor string `json:"monitor"`
}

// NoticeCode says why something cannot be done on the client's machine.
type NoticeCode string

// The notices; each has its plain words in the catalogue ("notice.<code>").
const (
	Wayland    NoticeCode = "wayland"      // the desktop is a Wayland session
	NoScreen   NoticeCode = "no_screen"    // there is no screen to show
	NoInput    NoticeCode = "no_input"     // the machine takes no input from programs
	NoPanicKey NoticeCode = "no_panic_key" // no key combination was free for Stop
)

// Notice tells the technician what the client met.
type Notice struct {
	Code NoticeCode `json:"code"`
}

// Bye ends the session from either end, so that the other need not wait for the
// broker to say so.
type Bye struct {
	Reason signaling.Reason `json:"reason"`
}

func (HelloViewer) controlType() string { return "hello" }
func (HelloClient) controlType() string { return "hello" }
func (Token) controlType() string       { return "token" }
func (Ask) controlType() string         { return "ask" }
func (Asking) controlType() string      { return "asking" }
func (Granted) controlType() string     { return "granted" }
func (AskDeclined) controlType() string { return "declined" }
func (Yield) controlType() string       { return "yield" }
func (Rights) controlType() string      { return "rights" }
func (Screens) controlType() string     { return "screens" }
func (Show) controlType() string        { return "show" }
func (Notice) controlType() string      { return "notice" }
func (Bye) controlType() string         { return "bye" }

// Type returns the message's name on the wire.
func Type(m Message) string { return m.controlType() }

// Encode writes a message.
func Encode(m Message) ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.controlType(), err)
	}
	return append([]byte(`{"type":"`+m.controlType()+`",`), body[1:]...), nil // no message is empty
}

// DecodeFromViewer reads what a viewer may send to a client, but for input,
// which DecodeInput reads.
func DecodeFromViewer(raw []byte) (Message, error) {
	switch typ, err := peekType(raw); {
	case err != nil:
		return nil, err
	case typ == "hello":
		return decode[HelloViewer](raw)
	case typ == "token":
		return decode[Token](raw)
	case typ == "ask":
		return decode[Ask](raw)
	case typ == "yield":
		return decode[Yield](raw)
	case typ == "show":
		return decode[Show](raw)
	case typ == "bye":
		return decode[Bye](raw)
	}
	return nil, fmt.Errorf("%w: unknown type", ErrMessage)
}

// DecodeFromClient reads what a client may send to a viewer.
func DecodeFromClient(raw []byte) (Message, error) {
	switch typ, err := peekType(raw); {
	case err != nil:
		return nil, err
	case typ == "hello":
		return decode[HelloClient](raw)
	case typ == "asking":
		return decode[Asking](raw)
	case typ == "granted":
		return decode[Granted](raw)
	case typ == "declined":
		return decode[AskDeclined](raw)
	case typ == "rights":
		return decode[Rights](raw)
	case typ == "screens":
		return decode[Screens](raw)
	case typ == "notice":
		return decode[Notice](raw)
	case typ == "bye":
		return decode[Bye](raw)
	}
	return nil, fmt.Errorf("%w: unknown type", ErrMessage)
}

func peekType(raw []byte) (string, error) {
	if len(raw) > MaxMessageBytes {
		return "", fmt.Errorf("%w: %d bytes, at most %d", ErrMessage, len(raw), MaxMessageBytes)
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return "", fmt.Errorf("%w: no type", ErrMessage)
	}
	return head.Type, nil
}

func decode[T Message](raw []byte) (Message, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fmt.Errorf("%w: not an object", ErrMessage)
	}
	delete(members, "type")
	rest, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	var m T
	dec := json.NewDecoder(bytes.NewReader(rest))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, fmt.Errorf("%w: malformed %s", ErrMessage, m.controlType())
	}
	if v, ok := any(m).(interface{ validate() error }); ok {
		if err := v.validate(); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrMessage, m.controlType(), err)
		}
	}
	return m, nil
}

func (m HelloViewer) validate() error {
	if len(m.Proof) != 64 || len(m.Key) != 32 || m.Token == "" || len(m.Token) > maxTokenBytes {
		return errors.New("proof, key or token is missing or malformed")
	}
	return nil
}

func (m HelloClient) validate() error {
	if len(m.Proof) != 32 || len(m.Key) != 32 {
		return errors.New("proof or key is missing or malformed")
	}
	return nil
}

func (m Token) validate() error {
	if m.Token == "" || len(m.Token) > maxTokenBytes {
		return errors.New("token is missing or too long")
	}
	return nil
}

func (m Ask) validate() error {
	if m.ID == "" || len(m.ID) > maxIDBytes || m.Scopes.Empty() {
		return errors.New("id or scopes is missing or malformed")
	}
	return nil
}

func (m Show) validate() error {
	if m.Monitor == "" || len(m.Monitor) > maxIDBytes {
		return errors.New("monitor is missing or too long")
	}
	return nil
}

func (m Screens) validate() error {
	if len(m.Monitors) > maxMonitors {
		return fmt.Errorf("%d monitors, at most %d", len(m.Monitors), maxMonitors)
	}
	return nil
}

func (m Bye) validate() error {
	if !m.Reason.Valid() {
		return errors.New("unknown reason")
	}
	return nil
}
