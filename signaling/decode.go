package signaling

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxSDPBytes       = 16 << 10
	maxCandidateBytes = 1 << 10
	maxTokenBytes     = 2048
	maxICEServers     = 8
)

// Decode reads a message, strictly: a known type, no unknown or repeated
// members, nothing behind it, every field within its bounds. Its errors are *Error.
func Decode(raw []byte) (Message, error) {
	if len(raw) > MaxMessageBytes {
		return nil, Errorf(TooLarge, "message of %d bytes: at most %d", len(raw), MaxMessageBytes)
	}
	if err := WellFormed(raw); err != nil {
		return nil, Errorf(BadMessage, "not a message: %v", err)
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, Errorf(BadMessage, "not a JSON object with a type")
	}
	decode, ok := decoders[head.Type]
	if !ok {
		return nil, Errorf(BadMessage, "unknown type of message")
	}
	m, err := decode(raw)
	if err != nil {
		return nil, Errorf(BadMessage, "malformed %s: %v", head.Type, err)
	}
	return m, nil
}

// decoders holds one decoder a type; it is never written after start.
var decoders = map[string]func([]byte) (Message, error){
	"challenge": decode[Challenge], "auth": decode[Auth], "welcome": decode[Welcome], "state": decode[StateChange],
	"beat": decode[Beat], "access": decode[Access], "relay": decode[Relay], "event": decode[Event], "recorded": decode[Recorded],
	"offer": decode[Offer], "answer": decode[Answer], "candidate": decode[Candidate], "ack": decode[Ack],
	"error": decode[Fault],
}

func decode[T Message](raw []byte) (Message, error) {
	// The type member is known; what is left must be T exactly.
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, errors.New("not an object")
	}
	delete(members, "type")
	rest, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	var m T
	dec := json.NewDecoder(bytes.NewReader(rest))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, plain(err)
	}
	if v, ok := any(m).(interface{ validate() error }); ok {
		if err := v.validate(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// plain drops the parts of a JSON error that quote the input.
func plain(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return fmt.Errorf("member %s has the wrong type", typ.Field)
	}
	if bytes.HasPrefix([]byte(err.Error()), []byte("json: unknown field")) {
		return errors.New("unknown member")
	}
	return errors.New("not valid JSON")
}

// WellFormed refuses JSON that two readers could understand differently: a
// member that stands twice at any depth, whatever the case of its letters; null
// in the place of a value; anything behind the one value; text that is not UTF-8.
func WellFormed(raw []byte) error {
	if !utf8.Valid(raw) {
		return errors.New("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := checkValue(dec, 0); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}

const maxDepth = 8

func checkValue(dec *json.Decoder, depth int) error {
	tok, err := dec.Token()
	if err != nil {
		return errors.New("not valid JSON")
	}
	if tok == nil {
		return errors.New("null is not a value here")
	}
	open, ok := tok.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxDepth {
		return errors.New("nested too deep")
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return errors.New("not valid JSON")
			}
			// encoding/json matches names whatever their case, so compare folded.
			name := strings.ToLower(key.(string)) // a key is always a string
			if seen[name] || !isASCII(name) {
				return errors.New("a member stands twice")
			}
			seen[name] = true
		}
		if err := checkValue(dec, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing delimiter
		return errors.New("not valid JSON")
	}
	return nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}

var epochPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)

// ValidEpoch reports whether e has the form of an epoch: 128 bits in base64url.
func ValidEpoch(e string) bool { return epochPattern.MatchString(e) }

func (m Challenge) validate() error {
	if len(m.Nonce) != 32 {
		return errors.New("nonce is not 32 bytes")
	}
	return nil
}

func (m Auth) validate() error {
	if !ValidEpoch(m.Epoch) || m.Token == "" || len(m.Token) > maxTokenBytes || len(m.Proof) != 64 {
		return errors.New("token, proof or epoch is missing or malformed")
	}
	return nil
}

func (m Welcome) validate() error {
	if m.Session == "" || !m.Role.Valid() {
		return errors.New("session or role is missing or malformed")
	}
	if err := validateICE(m.ICE); err != nil {
		return err
	}
	return m.State.validate()
}

func (m Relay) validate() error { return validateICE(m.ICE) }

func validateICE(servers []ICEServer) error {
	if servers == nil || len(servers) > maxICEServers {
		return errors.New("ice is missing or malformed")
	}
	for _, s := range servers {
		if len(s.URLs) == 0 {
			return errors.New("a server without addresses")
		}
	}
	return nil
}

func (m StateChange) validate() error { return m.State.validate() }

func (s State) validate() error {
	_, known := next[s.Phase]
	switch {
	case !known:
		return errors.New("unknown phase")
	case (s.Phase == Ended) != (s.Reason != "") || s.Reason != "" && !s.Reason.Valid():
		return errors.New("a reason belongs to the end, and to nothing else")
	case s.Peer != "" && !ValidEpoch(s.Peer):
		return errors.New("peer is malformed")
	case s.Colleague != nil && (!ValidEpoch(s.Colleague.Peer) || s.Colleague.Technician == ""):
		return errors.New("colleague is malformed")
	}
	return nil
}

func (m Beat) validate() error {
	if m.Time.IsZero() {
		return errors.New("time is missing")
	}
	return nil
}

func (m Access) validate() error {
	if m.Token == "" || len(m.Token) > maxTokenBytes {
		return errors.New("token is missing or too long")
	}
	return nil
}

func (m Fault) validate() error {
	if m.Error.Code == "" {
		return errors.New("code is missing")
	}
	return nil
}

func (m Event) validate() error {
	if m.Seq == 0 || len(m.Statement.Body) == 0 || len(m.Statement.Signature) != 64 {
		return errors.New("event needs a seq and a signed statement")
	}
	return nil
}

func (p Peer) validate(reliable bool) error {
	if !ValidEpoch(p.From) || !ValidEpoch(p.To) || (p.Seq == 0) == reliable {
		return errors.New("from, to or seq is missing or malformed")
	}
	return nil
}

func (m Offer) validate() error  { return validateSDP(m.Peer, m.SDP) }
func (m Answer) validate() error { return validateSDP(m.Peer, m.SDP) }

func validateSDP(p Peer, sdp string) error {
	if sdp == "" || len(sdp) > maxSDPBytes {
		return fmt.Errorf("sdp of %d bytes: at most %d", len(sdp), maxSDPBytes)
	}
	return p.validate(true)
}

func (m Candidate) validate() error {
	if len(m.Candidate) > maxCandidateBytes || len(m.Mid) > 64 || m.Line < 0 || m.Line > 64 {
		return errors.New("candidate is too long")
	}
	return m.Peer.validate(true)
}

func (m Ack) validate() error { return m.Peer.validate(false) }
