// Package record is the format of the audit log: a closed set of typed events
// and the exact bytes that are kept of each. It does no I/O. The Merkle tree
// over these bytes, its checkpoints and proofs belong here too.
package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Kind names what happened. The set is closed: see newData.
type Kind string

// Outcome says whether the act took effect.
type Outcome string

// The outcomes of an act.
const (
	OK     Outcome = "ok"
	Denied Outcome = "denied"
)

// Reporter is the program that vouches for an event.
type Reporter string

// The programs that report events.
const (
	ByBroker Reporter = "broker"
	ByClient Reporter = "client"
)

// ActorKind is who acted.
type ActorKind string

// The kinds of actors.
const (
	Requester  ActorKind = "requester"
	Technician ActorKind = "technician"
	Operator   ActorKind = "operator" // whoever runs the broker's command line
	Broker     ActorKind = "broker"   // the program itself: a clock ran out, it started
	Stranger   ActorKind = "stranger" // somebody who proved nothing
)

// Actor is who did it. ID is an account's id for a technician, else empty.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"`
}

// Event is one audited fact. The broker sets Seq, ID and Time when it commits
// the event together with the change that it describes.
type Event struct {
	Seq      int64     `json:"seq"`
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	Kind     Kind      `json:"kind"`
	Outcome  Outcome   `json:"outcome"`
	Reporter Reporter  `json:"reporter"`
	Actor    Actor     `json:"actor"`
	Session  string    `json:"session,omitempty"`
	Ticket   string    `json:"ticket,omitempty"`
	Data     Data      `json:"data"`
	// Personal commits to the personal fields of Data, which are empty in the
	// log: see Part.
	Personal []byte `json:"personal,omitempty"`
	// Signed is the client's own statement, kept as it came, when the client
	// is the reporter.
	Signed *Statement `json:"signed,omitempty"`
}

// Statement is what a client signs of an event that only it can know.
type Statement struct {
	Body      []byte `json:"body"`      // JSON of a Claim, exactly as signed
	Signature []byte `json:"signature"` // Ed25519 by the session key over StatementLabel ‖ Body
}

// StatementLabel goes before Body in what is signed.
const StatementLabel = "beside/event/v1\x00"

// Claim is the content of a Statement. Seq counts from 1 without gaps within a
// session; Prev is the SHA-256 of the body of the statement before (empty for
// the first).
type Claim struct {
	Session string          `json:"session"`
	Seq     uint64          `json:"seq"`
	Prev    []byte          `json:"prev"`
	Time    time.Time       `json:"time"`
	Kind    Kind            `json:"kind"`
	Data    json.RawMessage `json:"data"`
}

// ErrKind reports an event outside the closed set.
var ErrKind = errors.New("unknown kind of event")

// LeafPrefix begins the kept bytes of every event.
const LeafPrefix = "beside.audit.v1\n"

// Leaf returns the bytes that are kept of an event, and later hashed into the
// log: they are stored as they are and never encoded again.
func (e Event) Leaf() ([]byte, error) {
	if e.Data == nil {
		return nil, fmt.Errorf("event %s: %w", e.Kind, ErrKind)
	}
	if e.Data.kind() != e.Kind {
		return nil, fmt.Errorf("event %s carries data of %s", e.Kind, e.Data.kind())
	}
	line, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.Kind, err)
	}
	return append(append([]byte(LeafPrefix), line...), '\n'), nil
}

// ParseLeaf reads what Leaf wrote.
func ParseLeaf(leaf []byte) (Event, error) {
	body, ok := bytes.CutPrefix(leaf, []byte(LeafPrefix))
	if !ok {
		return Event{}, fmt.Errorf("leaf does not begin with %q", LeafPrefix)
	}
	var e struct {
		Event
		Data json.RawMessage `json:"data"`
	}
	if err := strict(body, &e); err != nil {
		return Event{}, fmt.Errorf("decode leaf: %w", err)
	}
	data, err := DecodeData(e.Kind, e.Data)
	if err != nil {
		return Event{}, err
	}
	e.Event.Data = data
	return e.Event, nil
}

// DecodeData reads the data of one kind of event, strictly.
func DecodeData(kind Kind, raw []byte) (Data, error) {
	make, ok := newData[kind]
	if !ok {
		return nil, fmt.Errorf("%w %q", ErrKind, string(kind))
	}
	return make(raw)
}

func strict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more than one value")
	}
	return nil
}

// New returns an event of the kind that data belongs to, outcome OK.
func New(data Data, by Reporter, actor Actor) Event {
	return Event{Kind: data.kind(), Outcome: OK, Reporter: by, Actor: actor, Data: data}
}
