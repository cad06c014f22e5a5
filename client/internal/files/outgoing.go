package files

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"path/filepath"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// Outgoing is a file that the person picked, on its way to the technician. It
// belongs to one goroutine at a time, and ends with Close.
type Outgoing struct {
	lease  *consent.Lease
	file   *os.File
	name   string
	size   int64
	sent   int64 // the most that was read for sending
	sum    hash.Hash
	hashed int64 // the first bytes, in sum
}

// Send begins with a file that the person picked, under the right to fetch files.
func Send(l *consent.Lease, path string) (*Outgoing, error) {
	out := &Outgoing{lease: l, name: sentName(path), sum: sha256.New()}
	err := l.Do(func() error {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return ErrNoFile // before opening: a pipe would wait
		}
		file, err := os.Open(path) // #nosec G304 -- the person picked it, in a window of ours
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoFile, err)
		}
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() {
			_ = file.Close()
			return ErrNoFile
		}
		out.file, out.size = file, info.Size()
		return nil
	})
	if err == nil && out.size > control.MaxFileBytes {
		out.Close()
		err = ErrTooLarge
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// sentName is what the technician is told that the file is called.
func sentName(path string) string { return Name(filepath.Base(path)) }

// Name is what the technician is told that it is called.
func (out *Outgoing) Name() string { return out.name }

// Size is how many bytes it had when it was picked, and so how many are sent.
func (out *Outgoing) Size() int64 { return out.size }

// Sent is how many of its bytes were ever read for sending.
func (out *Outgoing) Sent() int64 { return out.sent }

// Lease is the right under which it goes.
func (out *Outgoing) Lease() *consent.Lease { return out.lease }

// Read reads the bytes at an offset and hands them to send, under the Lease: what
// was not handed over when the right goes is not.
func (out *Outgoing) Read(offset int64, b []byte, send func([]byte) error) (n int, err error) {
	b = b[:min(int64(len(b)), out.size-offset)]
	err = out.lease.Do(func() error {
		read, err := out.file.ReadAt(b, offset)
		if read < len(b) {
			return fmt.Errorf("%w: it became shorter: %w", ErrNoFile, err)
		}
		if err := send(b); err != nil {
			return err
		}
		n = read
		return nil
	})
	if err != nil {
		return 0, err
	}
	if end := offset + int64(n); end > out.hashed && offset <= out.hashed {
		out.sum.Write(b[out.hashed-offset:])
		out.hashed = end
	}
	out.sent = max(out.sent, offset+int64(n))
	return n, nil
}

// Sum is the hash of all that was sent, once all was.
func (out *Outgoing) Sum() []byte { return out.sum.Sum(nil) }

// Is reports whether what the other end has is what was sent, and all of it.
func (out *Outgoing) Is(sum []byte) bool {
	return out.hashed == out.size && bytes.Equal(out.Sum(), sum)
}

// Close lets go of the file.
func (out *Outgoing) Close() { _ = out.file.Close() } // it was only read
