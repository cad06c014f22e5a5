package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Algorithm bytes of keys (C2SP signed-note, tlog-cosignature).
const (
	algEd25519   = 1
	algCosignV1  = 4
	stampBytes   = 8
	cosignHeader = "cosignature/v1\ntime "
)

// ErrKey reports a malformed key.
var ErrKey = errors.New("not a key of this kind")

// Cosignature is that a witness saw a checkpoint, and when.
type Cosignature struct {
	Key  string    // verifier key of the witness
	Time time.Time // to the second
}

// Witness verifies the cosignatures of one witness (C2SP tlog-cosignature,
// cosignature/v1, Ed25519). It is a note.Verifier.
type Witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

// keyID is how a note names a key (C2SP signed-note).
func keyID(name string, alg byte, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), append([]byte{alg}, key...)...))
	return binary.BigEndian.Uint32(sum[:])
}

// NewWitness reads a witness's verifier key: name+id+base64(4 ‖ key).
func NewWitness(vkey string) (*Witness, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, ok := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || !validName(name) || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algCosignV1 {
		return nil, fmt.Errorf("%w: a witness's key is NAME+ID+BASE64, of type 4", ErrKey)
	}
	w := newWitness(name, raw[1:])
	if w.Key() != vkey || id != fmt.Sprintf("%08x", w.id) {
		return nil, fmt.Errorf("%w: its id does not fit", ErrKey)
	}
	return w, nil
}

func newWitness(name string, key ed25519.PublicKey) *Witness {
	return &Witness{name: name, id: keyID(name, algCosignV1, key), key: key}
}

func validName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '+' || r > '~' })
}

// Key is the verifier key as text.
func (w *Witness) Key() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.id, base64.StdEncoding.EncodeToString(append([]byte{algCosignV1}, w.key...)))
}

// Name implements note.Verifier.
func (w *Witness) Name() string { return w.name }

// KeyHash implements note.Verifier.
func (w *Witness) KeyHash() uint32 { return w.id }

// Verify implements note.Verifier.
func (w *Witness) Verify(msg, sig []byte) bool {
	if len(sig) != stampBytes+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at != 0 && at <= 1<<62 && ed25519.Verify(w.key, cosigned(at, msg), sig[stampBytes:])
}

func cosigned(at uint64, msg []byte) []byte {
	return append([]byte(cosignHeader+strconv.FormatUint(at, 10)+"\n"), msg...)
}

// stampOf reads the time of a cosignature that was verified.
func stampOf(sig note.Signature) time.Time {
	raw, err := base64.StdEncoding.DecodeString(sig.Base64)
	if err != nil || len(raw) < 4+stampBytes {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()
}

// Cosigner signs as a witness.
type Cosigner struct {
	*Witness
	key ed25519.PrivateKey
}

// NewCosigner makes the signer of a witness called name.
func NewCosigner(name string, key ed25519.PrivateKey) (*Cosigner, error) {
	if !validName(name) {
		return nil, fmt.Errorf("%w: a witness's name is letters, digits and punctuation without + and spaces", ErrKey)
	}
	return &Cosigner{newWitness(name, key.Public().(ed25519.PublicKey)), key}, nil
}

// Cosign states that c is consistent with all that the witness has seen, and
// its newest, at a time. It returns the line of the signature.
func (c *Cosigner) Cosign(checkpoint Checkpoint, at time.Time) string {
	stamp := uint64(at.Unix())
	sig := binary.BigEndian.AppendUint32(nil, c.id)
	sig = binary.BigEndian.AppendUint64(sig, stamp)
	sig = append(sig, ed25519.Sign(c.key, cosigned(stamp, []byte(checkpoint.Text())))...)
	return "— " + c.name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

// LogKey is the key of a log: an Ed25519 key with the log's origin as its name.
type LogKey struct {
	note.Signer
	public string
}

// NewLogKey makes the signer of the log called origin from its seed.
func NewLogKey(origin string, seed []byte) (*LogKey, error) {
	if len(seed) != ed25519.SeedSize || !validName(origin) {
		return nil, fmt.Errorf("%w: the log's key", ErrKey)
	}
	key := ed25519.NewKeyFromSeed(seed)
	public, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	id := keyID(origin, algEd25519, key.Public().(ed25519.PublicKey))
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, id,
		base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, seed...))))
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	return &LogKey{signer, public}, nil
}

// Public is the verifier key as text: what auditors and witnesses are given.
func (k *LogKey) Public() string { return k.public }

// Verifier verifies what the key signs.
func (k *LogKey) Verifier() note.Verifier {
	v, err := note.NewVerifier(k.public)
	if err != nil {
		panic("ledger: " + err.Error()) // NewLogKey made it
	}
	return v
}
