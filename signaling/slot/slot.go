// Package slot is the fixed-size configuration that the broker writes into the
// client's binary before it is signed or handed out: where the client connects,
// whom it trusts there, and for which organisation. The bytes are the same for
// everybody of one organisation, so the binary's hash is too, and nothing of it
// comes from a file name that anybody could change.
package slot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"beside/signaling/invite"
)

// Size is the length of the slot: marker, length, checksum and JSON, padded
// with zeros.
const Size = 4096

const (
	markerSize = 32
	headSize   = markerSize + 4 + sha256.Size
)

// Config is what a slot holds.
type Config struct {
	Broker       string `json:"broker"`              // public address, https://help.example
	Authority    string `json:"authority,omitempty"` // PEM of the one certificate authority to trust; empty: the system's
	Organisation string `json:"organisation"`        // the name that requesters are shown
	AuditorsKey  string `json:"auditorsKey,omitempty"`
}

// Errors that callers branch on.
var (
	ErrEmpty  = errors.New("configuration slot is empty")
	ErrBroken = errors.New("configuration slot is damaged: download the program again")
	ErrNoSlot = errors.New("no configuration slot in this file: it is not a beside client")
)

// marker returns the bytes that begin a slot. It is put together here, so that
// the program that searches for it does not itself contain it.
func marker() []byte {
	sum := sha256.Sum256([]byte("beside configuration slot v1"))
	return sum[:markerSize]
}

// Read reads a slot as it lies in the running client.
func Read(slot []byte) (Config, error) {
	if len(slot) != Size || !bytes.HasPrefix(slot, marker()) {
		return Config{}, ErrBroken
	}
	n := binary.BigEndian.Uint32(slot[markerSize:])
	if n == 0 {
		return Config{}, ErrEmpty
	}
	if n > Size-headSize {
		return Config{}, ErrBroken
	}
	body := slot[headSize : headSize+n]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], slot[markerSize+4:headSize]) {
		return Config{}, ErrBroken
	}
	var c Config
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return Config{}, ErrBroken
	}
	return c, c.validate()
}

func (c Config) validate() error {
	u, err := url.Parse(c.Broker)
	if err != nil {
		return fmt.Errorf("broker address in the configuration slot: %w", err)
	}
	if err := invite.CheckBroker(u); err != nil {
		return err
	}
	if c.Organisation == "" {
		return errors.New("configuration slot needs the organisation's name")
	}
	return nil
}

// Fill returns a copy of a client's binary with its slot, full or empty,
// replaced by c.
func Fill(binary []byte, c Config) ([]byte, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	at := bytes.Index(binary, marker())
	if at < 0 || at+Size > len(binary) {
		return nil, ErrNoSlot
	}
	if bytes.Contains(binary[at+markerSize:], marker()) {
		return nil, fmt.Errorf("%w: more than one slot", ErrBroken)
	}
	slot, err := encode(c)
	if err != nil {
		return nil, err
	}
	out := bytes.Clone(binary)
	copy(out[at:], slot)
	return out, nil
}

func encode(c Config) ([]byte, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode configuration slot: %w", err)
	}
	if len(body) > Size-headSize {
		return nil, fmt.Errorf("configuration of %d bytes does not fit the slot of %d", len(body), Size-headSize)
	}
	slot := append(make([]byte, 0, Size), marker()...)
	slot = binary.BigEndian.AppendUint32(slot, uint32(len(body)))
	sum := sha256.Sum256(body)
	slot = append(append(slot, sum[:]...), body...)
	return append(slot, make([]byte, Size-len(slot))...), nil
}
