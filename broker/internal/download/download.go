// Package download hands out the client: the binary that was built once, with
// its configuration slot filled for this broker. The bytes are the same for
// everybody, so that their hash can be published and signed.
package download

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"beside/signaling/slot"
)

// ErrMissing reports that there is no client to hand out.
var ErrMissing = errors.New("client binary is missing")

// fileNames is what the built client of each system is called. The keys are
// the systems that are offered.
func fileNames() map[string]string { return map[string]string{"linux": "beside-client"} }

// Systems lists the systems that have a client.
func Systems() []string { return []string{"linux"} }

// Client is the binary, ready to run.
type Client struct {
	Bytes   []byte
	SHA256  string // hex
	ModTime time.Time
}

// Shelf holds the clients of one folder, filled with one configuration. It is
// safe for use by many goroutines.
type Shelf struct {
	dir    string
	config slot.Config

	mu     sync.Mutex
	filled map[string]Client // by system
}

// NewShelf returns the shelf of a folder.
func NewShelf(dir string, config slot.Config) *Shelf {
	return &Shelf{dir: dir, config: config, filled: make(map[string]Client)}
}

// Get returns the client of a system, which believes the auditors whose root this
// is (signaling/auditors; "": it asks the person). It is read anew when its file
// changed. Without one it is ErrMissing.
func (s *Shelf) Get(system, auditorsKey string) (Client, error) {
	name, ok := fileNames()[system]
	if !ok {
		return Client{}, fmt.Errorf("%w: there is none for %q", ErrMissing, system)
	}
	file := filepath.Join(s.dir, name)
	s.mu.Lock() // held while reading: the first download of many does the work once
	defer s.mu.Unlock()
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return Client{}, fmt.Errorf("%w: no %s in %s", ErrMissing, name, s.dir)
	}
	if err != nil {
		return Client{}, fmt.Errorf("look for the client: %w", err)
	}
	if c, ok := s.filled[system]; ok && c.ModTime.Equal(info.ModTime()) && s.config.AuditorsKey == auditorsKey {
		return c, nil
	}
	// #nosec G304 -- one of our names, in the operator's folder
	binary, err := os.ReadFile(file)
	if err != nil {
		return Client{}, fmt.Errorf("read the client: %w", err)
	}
	if s.config.AuditorsKey != auditorsKey {
		s.config.AuditorsKey = auditorsKey
		clear(s.filled)
	}
	filled, err := slot.Fill(binary, s.config)
	if err != nil {
		return Client{}, fmt.Errorf("configure %s: %w", file, err)
	}
	sum := sha256.Sum256(filled)
	c := Client{Bytes: filled, SHA256: hex.EncodeToString(sum[:]), ModTime: info.ModTime()}
	s.filled[system] = c
	return c, nil
}
