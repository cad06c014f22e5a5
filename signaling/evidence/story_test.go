package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/evidence"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

// story writes a log with one session in it, by fixed keys and times, so that
// it is the same bytes at every run.
type story struct {
	t              testing.TB
	log            *ledger.LogKey
	witness        *ledger.Cosigner
	client, viewer ed25519.PrivateKey
	at             time.Time

	entries []evidence.Entry // of all sessions, without proofs
	ours    []int            // those of the session
	seq     uint64           // of the client
	prev    []byte
}

const session = "s-1"

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func newStory(t testing.TB) *story {
	t.Helper()
	log, err := ledger.NewLogKey("help.example/audit/1", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	witness, err := ledger.NewCosigner("witness.example", key(2))
	if err != nil {
		t.Fatal(err)
	}
	return &story{t: t, log: log, witness: witness, client: key(3), viewer: key(4), at: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), prev: []byte{}}
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func (s *story) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// add records an event as the broker does.
func (s *story) add(e record.Event) {
	s.t.Helper()
	s.at = s.at.Add(time.Second)
	e.Seq, e.ID, e.Time = int64(len(s.entries)+1), "e-"+string(rune('a'+len(s.entries))), s.at
	part, personal, err := e.Part()
	s.must(err)
	var entry evidence.Entry
	if personal != nil {
		entry.Salt, entry.Personal = bytes.Repeat([]byte{byte(e.Seq)}, record.SaltBytes), string(personal)
		part.Personal = record.Commit(entry.Salt, personal)
	}
	leaf, err := part.Leaf()
	s.must(err)
	entry.Leaf = string(leaf)
	if e.Session == session {
		s.ours = append(s.ours, len(s.entries))
	}
	s.entries = append(s.entries, entry)
}

func (s *story) broker(data record.Data) {
	s.t.Helper()
	e := record.New(data, record.ByBroker, record.Actor{Kind: record.Broker})
	e.Session = session
	s.add(e)
}

// says records a statement of the client.
func (s *story) says(data record.Data) {
	s.t.Helper()
	raw, err := json.Marshal(data)
	s.must(err)
	e := record.New(data, record.ByClient, record.Actor{Kind: record.Requester})
	s.seq++
	body, err := json.Marshal(record.Claim{Session: session, Seq: s.seq, Prev: s.prev, Time: s.at, Kind: e.Kind, Data: raw})
	s.must(err)
	st := record.Statement{Body: body, Signature: ed25519.Sign(s.client, append([]byte(record.StatementLabel), body...))}
	s.prev = st.Hash()
	e.Session, e.Signed = session, &st
	s.add(e)
}

func (s *story) hashes(of []evidence.Entry) []tlog.Hash {
	hashes := make([]tlog.Hash, len(of))
	for i, e := range of {
		hashes[i] = ledger.LeafHash([]byte(e.Leaf))
	}
	return hashes
}

func (s *story) own() []evidence.Entry {
	var own []evidence.Entry
	for _, i := range s.ours {
		own = append(own, s.entries[i])
	}
	return own
}

func (s *story) countersign() {
	own := s.hashes(s.own())
	root := ledger.Root(own)
	s.broker(record.Countersigned{
		Events: int64(len(own)), Root: root[:], Key: public(s.viewer),
		Signature: ed25519.Sign(s.viewer, record.SealStatement(session, int64(len(own)), root[:])),
	})
}

func (s *story) seal() {
	own := s.hashes(s.own())
	root := ledger.Root(own)
	s.broker(record.SessionSealed{Events: int64(len(own)), Root: root[:], Client: true, Technician: true})
}

// tell is a whole session, with events of others between its own.
func (s *story) tell() *story {
	other := record.New(record.BrokerStarted{Version: "1"}, record.ByBroker, record.Actor{Kind: record.Broker})
	s.add(other)
	s.broker(record.InvitationCreated{Invitation: "i-1", Expires: s.at.Add(15 * time.Minute)})
	s.broker(record.SessionJoined{
		Invitation: "i-1", From: "192.0.2.0/24", Key: evidence.Thumbprint(public(s.client)), OS: "linux", Arch: "amd64", Version: "1",
		Requester: "Grace", Technician: "Ada",
	})
	s.add(other)
	s.broker(record.SessionAccepted{})
	s.says(record.PeerVerified{Viewer: "fp", Path: "direct", Key: evidence.Thumbprint(public(s.viewer))})
	s.says(record.ConsentAsked{Scopes: "view control", Technician: "Ada"})
	s.says(record.ConsentGranted{Generation: 1, Asked: "view control", Scopes: "view control", Viewer: "fp", Grant: []byte("signed")})
	s.says(record.CaptureStarted{Width: 1920, Height: 1080})
	s.says(record.ControlStarted{})
	s.add(other)
	s.says(record.RightsRevoked{Generation: 2, Scopes: "control", By: "requester"})
	s.says(record.ClientStopped{Reason: "requester"})
	s.broker(record.SessionEnded{Reason: "requester"})
	s.says(record.ClientSealed{})
	s.countersign()
	s.seal()
	s.add(other)
	return s
}

// evidence is what an honest broker exports of the log as it is.
func (s *story) evidence() evidence.File {
	s.t.Helper()
	size := int64(len(s.entries))
	tiles := make(map[string][]byte)
	root, grown, err := ledger.Grow(0, s.hashes(s.entries), ledger.Hashes(func(level int, n int64) ([]byte, error) { return nil, nil }))
	s.must(err)
	for _, t := range grown {
		tiles[ledger.TilePath(t.Level, t.N, ledger.TileWidth)] = t.Hashes
	}
	reader := ledger.Hashes(func(level int, n int64) ([]byte, error) {
		return tiles[ledger.TilePath(level, n, ledger.TileWidth)], nil
	})
	head := ledger.Checkpoint{Origin: s.log.Name(), Size: size, Root: root}
	signed, err := head.Sign(s.log)
	s.must(err)
	f := evidence.File{
		Format: evidence.Format, Session: session, Log: s.log.Public(), Witnesses: []string{s.witness.Key()}, ClientKey: public(s.client),
		Checkpoint: string(ledger.Merge(signed, s.witness.Cosign(head, s.at.Add(time.Second)))),
	}
	for _, i := range s.ours {
		entry := s.entries[i]
		proof, err := tlog.ProveRecord(size, int64(i), reader)
		s.must(err)
		for _, h := range proof {
			entry.Proof = append(entry.Proof, h[:])
		}
		f.Events = append(f.Events, entry)
	}
	return f
}

func (s *story) trust() evidence.Trust {
	return evidence.Trust{Log: s.log.Public(), Witnesses: []string{s.witness.Key()}}
}
