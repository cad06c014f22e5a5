package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"reflect"

	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
	"beside/signaling/record"
)

// Chain follows one session through its events: the client's statements, the
// technician's signature, the seal. It is fed in order and for one goroutine.
type Chain struct {
	session   string
	clientKey ed25519.PublicKey

	leaves     []tlog.Hash
	statements uint64 // of the client so far
	prev       []byte // SHA-256 of the last one's body
	broken     bool   // the chain was: what follows cannot be judged
	keyFalse   bool
	clientDone bool
	alarmed    bool            // after that
	viewers    map[string]bool // thumbprints of invite keys that the client verified
	signed     *record.Countersigned
	signedSeq  int64
	sealed     *record.SessionSealed
	sealedSeq  int64
	after      int // events after the seal
	recordings []*told
}

// NewChain begins a session. The key is checked against the event that names
// it; with none, no statement is taken.
func NewChain(session string, clientKey ed25519.PublicKey) *Chain {
	return &Chain{session: session, clientKey: clientKey, prev: []byte{}, viewers: make(map[string]bool)}
}

// Thumbprint names an Ed25519 key (RFC 7638, RFC 8037).
func Thumbprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(key) + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Add takes the session's next event and its leaf.
func (c *Chain) Add(r *Report, e record.Event, leaf []byte) {
	if c.sealed != nil {
		c.after++
	}
	switch d := e.Data.(type) {
	case record.SessionJoined:
		if len(c.clientKey) != ed25519.PublicKeySize || Thumbprint(c.clientKey) != d.Key {
			r.Add(False, ClientKeyFalse, e.Seq)
			c.keyFalse = true
		}
	case record.Countersigned:
		c.onCountersigned(r, e.Seq, d)
	case record.SessionSealed:
		c.onSealed(r, e.Seq, d)
	}
	if e.Reporter == record.ByClient || e.Kind.FromClient() {
		c.onStatement(r, e)
	}
	c.leaves = append(c.leaves, ledger.LeafHash(leaf))
}

// onStatement checks that the client said what the event says, and as its next.
func (c *Chain) onStatement(r *Report, e record.Event) {
	if c.keyFalse {
		return // said once
	}
	if e.Signed == nil || e.Reporter != record.ByClient {
		r.Add(False, ClientUnsigned, e.Seq)
		return
	}
	claim, data, err := e.Signed.Open(c.clientKey)
	switch {
	case err != nil || claim.Session != c.session:
		r.Add(False, ClientUnsigned, e.Seq)
		c.broken = true
		return
	case claim.Kind != e.Kind || !reflect.DeepEqual(data, e.Data):
		r.Add(False, ClientDiffers, e.Seq)
	}
	if !c.broken {
		switch {
		case claim.Seq != c.statements+1:
			r.Add(False, ClientGap, e.Seq, "number", number(int(claim.Seq)), "wanted", number(int(c.statements+1)))
			c.broken = true
		case !bytes.Equal(claim.Prev, c.prev) || c.clientDone && !c.afterthought(data):
			r.Add(False, ClientForked, e.Seq)
			c.broken = true
		}
	}
	c.statements, c.prev = claim.Seq, e.Signed.Hash()
	c.onRecording(e.Seq, data)
	switch d := data.(type) {
	case record.PeerVerified:
		c.viewers[d.Key] = d.Key != ""
	case record.ClientSealed:
		c.clientDone = true
	}
}

// afterthought reports whether a statement may follow the last: once the requester
// may say that the session felt wrong.
func (c *Chain) afterthought(data record.Data) bool {
	alarm, ok := data.(record.AlarmRaised)
	fresh := !c.alarmed
	c.alarmed = true
	return ok && alarm.After && fresh
}

func (c *Chain) onCountersigned(r *Report, seq int64, d record.Countersigned) {
	root := tlog.Hash{}
	if d.Events >= 1 && d.Events <= int64(len(c.leaves)) {
		root = ledger.Root(c.leaves[:d.Events])
	}
	if len(d.Key) != ed25519.PublicKeySize || !bytes.Equal(root[:], d.Root) ||
		!ed25519.Verify(d.Key, record.SealStatement(c.session, d.Events, d.Root), d.Signature) {
		r.Add(False, TechnicianFalse, seq)
		return
	}
	c.signed, c.signedSeq = &d, seq
}

func (c *Chain) onSealed(r *Report, seq int64, d record.SessionSealed) {
	root := ledger.Root(c.leaves)
	if d.Events != int64(len(c.leaves)) || !bytes.Equal(root[:], d.Root) {
		r.Add(False, SealFalse, seq, "events", number(len(c.leaves)), "sealed", number(int(d.Events)))
	}
	c.sealed, c.sealedSeq = &d, seq
}

// Close says what the session as a whole proves, and what is missing.
func (c *Chain) Close(r *Report) {
	falseSeal := r.Has(SealFalse)
	if c.statements > 0 && !c.broken && !c.keyFalse {
		r.Add(Proven, ClientSigned, 0, "statements", number(int(c.statements)), "key", Thumbprint(c.clientKey))
	}
	if c.clientDone && !c.broken {
		r.Add(Proven, ClientComplete, 0)
	} else {
		r.Add(Missing, ClientIncomplete, 0)
	}
	switch {
	case c.signed == nil:
		r.Add(Missing, TechnicianMissing, 0)
	case !c.viewers[Thumbprint(c.signed.Key)]:
		r.Add(Missing, TechnicianUnbound, c.signedSeq)
	default:
		r.Add(Proven, TechnicianSigned, c.signedSeq, "events", number(int(c.signed.Events)))
	}
	switch {
	case c.sealed == nil:
		r.Add(Missing, SealMissing, 0)
	case !falseSeal:
		r.Add(Proven, SealWhole, c.sealedSeq, "events", number(int(c.sealed.Events)))
	}
	if c.after > 0 {
		r.Add(Note, AfterSeal, 0, "events", number(c.after))
	}
}
