// Package journal signs what only the client knows of a session and keeps each
// statement until the broker has committed it, over lost connections too. It
// sends nothing: its owner does, in the order given here. Nothing is ever taken
// out but by Recorded, and when it is full the session must end: an act that
// cannot be recorded does not happen.
package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"beside/signaling"
	"beside/signaling/record"
)

// maxEvents bounds the statements of one session. The last places are kept for its
// end, that of its recording, and an alarm, which must always find one.
const (
	maxEvents = 10_000
	forTheEnd = 4
)

// ErrFull reports a session with more events than any honest one has, or one
// after the last.
var ErrFull = errors.New("journal is full")

// Journal belongs to the goroutine that runs the session.
type Journal struct {
	session string
	key     ed25519.PrivateKey

	last   uint64 // number of the newest statement
	prev   []byte // its SHA-256
	kept   []signaling.Event
	sealed bool // it said that nothing follows
}

// New returns the empty Journal of a session, signing with the session key.
func New(session string, key ed25519.PrivateKey) *Journal {
	return &Journal{session: session, key: key, prev: []byte{}}
}

// Add signs a fact, keeps it and returns it for sending.
func (j *Journal) Add(now time.Time, data record.Data) (signaling.Event, error) {
	full, sealed := uint64(maxEvents), j.sealed
	switch d := data.(type) {
	case record.ClientStopped, record.ClientSealed, record.RecordingEnded:
	case record.AlarmRaised:
		sealed = sealed && !d.After // nobody knows before whether there will be one
	default:
		full -= forTheEnd
	}
	if sealed || j.last >= full {
		return signaling.Event{}, ErrFull
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return signaling.Event{}, fmt.Errorf("encode event: %w", err)
	}
	body, err := json.Marshal(record.Claim{
		Session: j.session, Seq: j.last + 1, Prev: j.prev,
		Time: now.UTC().Truncate(time.Millisecond),
		Kind: record.New(data, record.ByClient, record.Actor{}).Kind, Data: raw,
	})
	if err != nil {
		return signaling.Event{}, fmt.Errorf("encode claim: %w", err)
	}
	e := signaling.Event{Seq: j.last + 1, Statement: record.Statement{
		Body: body, Signature: ed25519.Sign(j.key, append([]byte(record.StatementLabel), body...)),
	}}
	sum := sha256.Sum256(body)
	j.last, j.prev = e.Seq, sum[:]
	if _, last := data.(record.ClientSealed); last {
		j.sealed = true
	}
	j.kept = append(j.kept, e)
	return e, nil
}

// Recorded forgets all statements up to seq: the broker has committed them.
func (j *Journal) Recorded(seq uint64) {
	for len(j.kept) > 0 && j.kept[0].Seq <= seq {
		j.kept = j.kept[1:]
	}
}

// Kept returns what is not committed yet, oldest first: all of it is sent again
// on each new connection.
func (j *Journal) Kept() []signaling.Event { return j.kept }
