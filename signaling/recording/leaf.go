package recording

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
)

const (
	leafLabel  = "beside.recording.v1\n"
	chunkLabel = "beside/chunk/v1\x00"
	headLabel  = "beside/head/v1\x00"
)

// Leaf is a sealed chunk in the recording's tree: what it covers, how long it is
// and its hash.
type Leaf struct {
	Span
	Length uint64            // of the ciphertext
	Hash   [sha256.Size]byte // of the ciphertext
}

// NewLeaf is the leaf of a sealed chunk.
func NewLeaf(s Span, sealed []byte) Leaf {
	return Leaf{Span: s, Length: uint64(len(sealed)), Hash: sha256.Sum256(sealed)}
}

// Bytes are what is hashed into the tree.
func (l Leaf) Bytes() []byte {
	b := binary.BigEndian.AppendUint64([]byte(leafLabel), l.N)
	b = binary.BigEndian.AppendUint64(b, l.From)
	b = binary.BigEndian.AppendUint64(b, l.To)
	b = binary.BigEndian.AppendUint64(append(b, byte(l.Flags)), l.Length)
	return append(b, l.Hash[:]...)
}

// Root is the root of the tree over leaves (RFC 6962 §2.1).
func Root(leaves []Leaf) tlog.Hash {
	var t ledger.Frontier
	for _, l := range leaves {
		t.Add(ledger.LeafHash(l.Bytes()))
	}
	return t.Root()
}

// ChunkStatement is what the client signs, with its session key, of a chunk that
// it uploads.
func ChunkStatement(session, recording string, l Leaf) []byte {
	return append(statement(chunkLabel, session, recording), l.Bytes()...)
}

// HeadStatement is the same of a head.
func HeadStatement(session, recording string, head []byte) []byte {
	sum := sha256.Sum256(head)
	return append(statement(headLabel, session, recording), sum[:]...)
}

func statement(label, session, recording string) []byte {
	b := append([]byte(label), session...)
	b = append(append(b, 0), recording...)
	return append(b, 0)
}

// Proved reports whether the holder of key signed the statement.
func Proved(key ed25519.PublicKey, statement, proof []byte) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, statement, proof)
}
