package files

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"os"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// Incoming is a file on its way to the folder. It belongs to one goroutine at a
// time, and ends with Finish or Discard.
type Incoming struct {
	folder *Folder
	lease  *consent.Lease
	file   *os.File
	part   string
	name   string
	size   int64
	got    int64
	sum    hash.Hash
}

// Receive begins a file of the technician, under the right to send files.
func (f *Folder) Receive(l *consent.Lease, sent string, size int64) (*Incoming, error) {
	if size > control.MaxFileBytes {
		return nil, ErrTooLarge
	}
	free, known := freeSpace(f.path)
	if known && free < uint64(size)+reserve {
		return nil, ErrNoSpace
	}
	in := &Incoming{folder: f, lease: l, name: Name(sent), size: size, sum: sha256.New()}
	err := l.Do(func() (err error) {
		in.file, in.part, err = f.begin()
		return err
	})
	if err != nil {
		return nil, err
	}
	return in, nil
}

// Name is what the file will be called, unless that is taken.
func (in *Incoming) Name() string { return in.name }

// Size is how many bytes it will have.
func (in *Incoming) Size() int64 { return in.size }

// Got is how many of them are there.
func (in *Incoming) Got() int64 { return in.got }

// Lease is the right under which it comes.
func (in *Incoming) Lease() *consent.Lease { return in.lease }

// Write takes the next bytes. Those of another place are ErrOffset and change
// nothing; more than there should be are ErrOverrun. While the right rests or when it
// is gone nothing is written, and the error is that of the Lease.
func (in *Incoming) Write(offset int64, b []byte) error {
	switch {
	case offset+int64(len(b)) > in.size:
		return ErrOverrun
	case offset != in.got:
		return ErrOffset
	}
	return in.lease.Do(func() error {
		n, err := in.file.WriteAt(b, offset)
		if err != nil {
			return fmt.Errorf("write a file: %w", noSpace(err))
		}
		in.sum.Write(b[:n])
		in.got += int64(n)
		return nil
	})
}

// Finish gives a whole file its name, if it is what was sent, and says which. It is
// there under that name with its mark, or not at all.
func (in *Incoming) Finish(want []byte) (name string, err error) {
	defer func() {
		if err != nil {
			in.Discard()
		}
	}()
	if in.got != in.size || !bytes.Equal(in.sum.Sum(nil), want) {
		return "", ErrDiffers
	}
	err = in.lease.Do(func() (err error) {
		mark(in.file, in.folder.source)
		if err := in.file.Close(); err != nil {
			return fmt.Errorf("close a file: %w", noSpace(err))
		}
		if name, err = in.folder.settle(in.part, in.name); err != nil {
			return err
		}
		markNamed(in.folder.path, name, in.folder.source)
		return nil
	})
	return name, err
}

// Discard takes away what came so far.
func (in *Incoming) Discard() {
	_ = in.file.Close() // it may be closed already
	_ = in.folder.root.Remove(in.part)
}
