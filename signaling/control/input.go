// What the technician's hands do, apart from the pointer (pointer.go): keys by
// their place on the keyboard, text by the character, and letting go of both.
// They travel as JSON text on the data channel "control", reliable and ordered, and
// once more on "pointer" (again.go); moves alone travel on "pointer" only. Every message carries the generation of the
// grant that it was made under, so that what was in flight when a right was
// taken back can be told from what came after.

package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Limits of the input messages.
const (
	MaxInputBytes = 4 << 10 // one encoded message
	MaxTextRunes  = 256     // one Text
)

// ErrInput is in every error that DecodeInput returns.
var ErrInput = errors.New("bad input message")

// Input is one act of the technician: Key, Text, Release, Move, Button, Wheel, Point,
// Here or Unpoint.
type Input interface {
	// Generation is that of the grant under which the technician acted.
	Generation() uint64
	// kind is the value of the field "type", and closes the set.
	kind() string
	// check refuses what the types alone admit.
	check() error
}

// Key presses or lets go of one physical key. A press of a key that is down is
// a repeat.
type Key struct {
	Gen  uint64 `json:"gen"`
	Code Code   `json:"code"`
	Down bool   `json:"down"`
}

// Text types characters, whatever keys the requester's layout has for them.
// Of the control characters it may hold \n and \t.
type Text struct {
	Gen  uint64 `json:"gen"`
	Text string `json:"text"`
}

// Release lets go of every key and button.
type Release struct {
	Gen uint64 `json:"gen"`
}

func (k Key) Generation() uint64     { return k.Gen }
func (t Text) Generation() uint64    { return t.Gen }
func (r Release) Generation() uint64 { return r.Gen }

func (Key) kind() string     { return "key" }
func (Text) kind() string    { return "text" }
func (Release) kind() string { return "release" }

func (k Key) check() error {
	if !k.Code.Known() {
		return errors.New("unknown key code")
	}
	return nil
}

func (t Text) check() error {
	if n := utf8.RuneCountInString(t.Text); n == 0 || n > MaxTextRunes {
		return fmt.Errorf("text of %d characters, want 1 to %d", n, MaxTextRunes)
	}
	for _, r := range t.Text {
		if isControl(r) && r != '\n' && r != '\t' {
			return fmt.Errorf("control character %U in a text", r)
		}
	}
	return nil
}

func (Release) check() error { return nil }

// InputType returns the value of the field "type" of msg, by which it is judged.
func InputType(msg Input) string { return msg.kind() }

// DecodeInput reads one message of the channels "control" and "pointer". It
// refuses unknown types, unknown, missing and repeated fields, values out of
// range, anything after the message, and messages over MaxInputBytes.
func DecodeInput(data []byte) (Input, error) {
	if len(data) > MaxInputBytes {
		return nil, fmt.Errorf("%w: %d bytes, want at most %d", ErrInput, len(data), MaxInputBytes)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrInput)
	}
	fields, err := inputFields(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	msg, err := inputOf(fields)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if err := msg.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	return msg, nil
}

// EncodeInput writes msg as DecodeInput reads it, or says what is wrong with it.
func EncodeInput(msg Input) ([]byte, error) {
	if err := msg.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	body, err := json.Marshal(msg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	return append([]byte(`{"type":"`+msg.kind()+`",`), body[1:]...), nil
}

// inputFields splits one flat JSON object. encoding/json alone would accept a
// field twice, and any letter case of its name.
func inputFields(data []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	fields := make(map[string]json.RawMessage)
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.New("not JSON")
		}
		if _, twice := fields[name]; twice {
			return nil, errors.New("a field stands twice")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errors.New("not JSON")
		}
		fields[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("not JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the message")
	}
	return fields, nil
}

// inputOf makes the message that the field "type" names.
func inputOf(fields map[string]json.RawMessage) (Input, error) {
	var kind string
	if err := json.Unmarshal(fields["type"], &kind); err != nil {
		return nil, errors.New(`field "type" is not a string`)
	}
	r := fieldReader{fields: fields, left: len(fields) - 1}
	var msg Input
	switch kind {
	case "key":
		var k Key
		r.read("gen", &k.Gen).read("code", &k.Code).read("down", &k.Down)
		msg = k
	case "text":
		var t Text
		r.read("gen", &t.Gen).read("text", &t.Text)
		msg = t
	case "release":
		var l Release
		r.read("gen", &l.Gen)
		msg = l
	case "move":
		var m Move
		r.read("gen", &m.Gen).read("n", &m.N).read("x", &m.X).read("y", &m.Y)
		msg = m
	case "button":
		var b Button
		r.read("gen", &b.Gen).read("n", &b.N).read("x", &b.X).read("y", &b.Y)
		r.read("button", &b.Button).read("down", &b.Down)
		msg = b
	case "wheel":
		var w Wheel
		r.read("gen", &w.Gen).read("n", &w.N).read("x", &w.X).read("y", &w.Y)
		r.read("dx", &w.DX).read("dy", &w.DY)
		msg = w
	case "point":
		var p Point
		r.read("gen", &p.Gen).read("n", &p.N).read("x", &p.X).read("y", &p.Y)
		msg = p
	case "here":
		var h Here
		r.read("gen", &h.Gen).read("n", &h.N).read("x", &h.X).read("y", &h.Y)
		msg = h
	case "unpoint":
		var u Unpoint
		r.read("gen", &u.Gen).read("n", &u.N)
		msg = u
	default:
		return nil, errors.New("unknown type")
	}
	return msg, r.end()
}

// fieldReader takes the fields of one message one by one and keeps the first error.
type fieldReader struct {
	fields map[string]json.RawMessage
	left   int
	err    error
}

func (r *fieldReader) read(name string, into any) *fieldReader {
	if r.err != nil {
		return r
	}
	value, ok := r.fields[name]
	// null would pass for any type.
	if !ok || string(value) == "null" {
		r.err = fmt.Errorf("field %q is missing", name)
		return r
	}
	if err := json.Unmarshal(value, into); err != nil {
		r.err = fmt.Errorf("field %q is not of its type or out of range", name)
	}
	r.left--
	return r
}

func (r *fieldReader) end() error {
	if r.err == nil && r.left != 0 {
		return errors.New("a field too many")
	}
	return r.err
}
