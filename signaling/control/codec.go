package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"beside/signaling"
)

const (
	maxIDBytes    = 64
	maxTokenBytes = 2048
	maxMonitors   = 16
)

// ErrMessage reports bytes that are not one of the messages.
var ErrMessage = errors.New("not a control message")

// Message is one of the structs of control.go.
type Message interface{ controlType() string }

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
func (Abilities) controlType() string   { return "abilities" }
func (Attend) controlType() string      { return "attend" }
func (Notice) controlType() string      { return "notice" }
func (Bye) controlType() string         { return "bye" }

// Type returns the message's name on the wire.
func Type(m Message) string { return m.controlType() }

// Encode writes a message.
func Encode(m Message) ([]byte, error) {
	switch v := m.(type) { // a list is never null
	case Screens:
		if v.Monitors == nil {
			v.Monitors = []Monitor{}
		}
		m = v
	case Abilities:
		if v.Video == nil {
			v.Video = []VideoCodec{}
		}
		m = v
	case Facts:
		m = v.Whole()
	}
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
	case typ == "nonce":
		return decode[Nonce](raw)
	case typ == "token":
		return decode[Token](raw)
	case typ == "ask":
		return decode[Ask](raw)
	case typ == "yield":
		return decode[Yield](raw)
	case typ == "show":
		return decode[Show](raw)
	case typ == "abilities":
		return decode[Abilities](raw)
	case typ == "attend":
		return decode[Attend](raw)
	case typ == "say":
		return decode[Say](raw)
	case typ == "put":
		return decode[Put](raw)
	case typ == "whole":
		return decode[Whole](raw)
	case typ == "get":
		return decode[Get](raw)
	case typ == "kept":
		return decode[Kept](raw)
	case typ == "drop":
		return decode[Drop](raw)
	case typ == "pictured":
		return decode[Pictured](raw)
	case typ == "clip":
		return decode[Clip](raw)
	case typ == "take":
		return decode[Take](raw)
	case typ == "introduce":
		return decode[Introduce](raw)
	case typ == "dismiss":
		return decode[Dismiss](raw)
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
	case typ == "commit":
		return decode[Commit](raw)
	case typ == "reveal":
		return decode[Reveal](raw)
	case typ == "compared":
		return decode[Compared](raw)
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
	case typ == "facts":
		return decode[Facts](raw)
	case typ == "notice":
		return decode[Notice](raw)
	case typ == "said":
		return decode[Said](raw)
	case typ == "clipped":
		return decode[Clipped](raw)
	case typ == "copied":
		return decode[Copied](raw)
	case typ == "locks":
		return decode[Locks](raw)
	case typ == "taking":
		return decode[Taking](raw)
	case typ == "stored":
		return decode[Stored](raw)
	case typ == "giving":
		return decode[Giving](raw)
	case typ == "given":
		return decode[Given](raw)
	case typ == "dropped":
		return decode[Dropped](raw)
	case typ == "colleague":
		return decode[Colleague](raw)
	case typ == "bye":
		return decode[Bye](raw)
	}
	return nil, fmt.Errorf("%w: unknown type", ErrMessage)
}

func peekType(raw []byte) (string, error) {
	if len(raw) > MaxMessageBytes {
		return "", fmt.Errorf("%w: %d bytes, at most %d", ErrMessage, len(raw), MaxMessageBytes)
	}
	if err := signaling.WellFormed(raw); err != nil {
		return "", fmt.Errorf("%w: %w", ErrMessage, err)
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

func (m Asking) validate() error { return validateID(m.ID) }

func (m Granted) validate() error {
	if len(m.Grant.Body) == 0 || len(m.Grant.Signature) != 64 {
		return errors.New("grant is missing or not signed")
	}
	return validateID(m.ID)
}

func (m AskDeclined) validate() error {
	switch m.Reason {
	case Declined, Unanswered, NotOffered, Busy:
		return validateID(m.ID)
	}
	return errors.New("unknown reason")
}

func (m Notice) validate() error {
	switch m.Code {
	case Wayland, NoScreen, NoInput, NoPanicKey, NoPointing, NoClipboard:
		return nil
	}
	return errors.New("unknown code")
}

func validateID(id string) error {
	if id == "" || len(id) > maxIDBytes {
		return errors.New("id is missing or too long")
	}
	return nil
}

func (m Show) validate() error {
	if m.Monitor == "" || len(m.Monitor) > maxIDBytes {
		return errors.New("monitor is missing or too long")
	}
	return nil
}

func (m Abilities) validate() error {
	if m.Video == nil {
		return errors.New("video is missing")
	}
	for i, c := range m.Video {
		switch c {
		case AV1, AV1444, VP9, VP9444:
		default:
			return errors.New("unknown codec")
		}
		if slices.Contains(m.Video[:i], c) {
			return errors.New("a codec twice")
		}
	}
	return nil
}

func (m Rights) validate() error {
	if m.Left < 0 || !m.Taken.Valid() {
		return errors.New("left is negative or taken unknown")
	}
	return nil
}

func (m Screens) validate() error {
	if m.Monitors == nil {
		return errors.New("monitors are missing")
	}
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
