package recording

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

const (
	maxSpool    = 512 << 20 // bytes of sealed chunks that wait for the broker
	spoolForEnd = 64 << 10  // kept for the last chunk, which says that nothing follows
)

var errSpoolFull = errors.New("no more of the recording can be kept until the broker is back")

// spool keeps sealed chunks in the order in which they are uploaded. It is one file
// without a name, used as a ring: what is in it nobody here can open, and it is gone
// with the program.
type spool struct {
	file *os.File
	max  int64

	mu     sync.Mutex
	chunks []piece // oldest first
}

type piece struct{ at, size int64 }

func openSpool(limit int64) (*spool, error) {
	f, err := os.CreateTemp("", "beside-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("open the spool of a recording: %w", err)
	}
	_ = os.Remove(f.Name()) // where an open file cannot go it goes with close
	return &spool{file: f, max: limit}, nil
}

// add keeps a chunk. The last one finds room that others do not.
func (s *spool) add(sealed []byte, last bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := piece{size: int64(len(sealed))}
	limit := s.max
	if !last {
		limit -= spoolForEnd
	}
	if n := len(s.chunks); n > 0 {
		head, tail := s.chunks[0].at, s.chunks[n-1].at+s.chunks[n-1].size
		wrapped := tail <= head
		switch {
		case wrapped && tail+p.size > head, !wrapped && tail+p.size > limit && p.size > head:
			return errSpoolFull
		case !wrapped && tail+p.size > limit:
			p.at = 0
		default:
			p.at = tail
		}
	} else if p.size > limit {
		return errSpoolFull
	}
	if _, err := s.file.WriteAt(sealed, p.at); err != nil {
		return fmt.Errorf("keep a part of the recording: %w", err)
	}
	s.chunks = append(s.chunks, p)
	return nil
}

// oldest reads the chunk that waits longest.
func (s *spool) oldest() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.chunks) == 0 {
		return nil, errors.New("spool of a recording is empty")
	}
	p := s.chunks[0]
	out := make([]byte, p.size)
	if _, err := s.file.ReadAt(out, p.at); err != nil {
		return nil, fmt.Errorf("read a part of the recording back: %w", err)
	}
	return out, nil
}

// drop forgets it. An empty spool takes no room on the disk.
func (s *spool) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chunks = s.chunks[1:]; len(s.chunks) == 0 {
		_ = s.file.Truncate(0)
	}
}

func (s *spool) close() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name()) // where it could not be done before
}
