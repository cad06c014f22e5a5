package download_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"beside/broker/internal/download"
	"beside/signaling/slot"
)

func program(body string) []byte {
	marker := sha256.Sum256([]byte("beside configuration slot v1"))
	return append(append([]byte(body), marker[:]...), make([]byte, slot.Size-len(marker))...)
}

func TestShelf(t *testing.T) {
	dir := t.TempDir()
	shelf := download.NewShelf(dir, slot.Config{Broker: "https://help.example", Organisation: "Org"})
	if _, err := shelf.Get("linux", ""); !errors.Is(err, download.ErrMissing) {
		t.Errorf("without a file: %v, want ErrMissing", err)
	}
	if _, err := shelf.Get("../linux", ""); !errors.Is(err, download.ErrMissing) {
		t.Errorf("unknown system: %v, want ErrMissing", err)
	}
	file := filepath.Join(dir, "beside-client")
	write := func(body []byte, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(file, body, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	write(program("one"), time.Hour)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c, err := shelf.Get("linux", "")
			if err != nil || !bytes.HasPrefix(c.Bytes, []byte("one")) || !bytes.Contains(c.Bytes, []byte("https://help.example")) {
				t.Errorf("Get: %v", err)
			}
		})
	}
	wg.Wait()
	first, err := shelf.Get("linux", "")
	if err != nil {
		t.Fatal(err)
	}
	write(program("two"), 0)
	second, err := shelf.Get("linux", "")
	if err != nil || !bytes.HasPrefix(second.Bytes, []byte("two")) || second.SHA256 == first.SHA256 {
		t.Errorf("a new build is not handed out: %v", err)
	}
	write([]byte("no client"), -time.Minute)
	if _, err := shelf.Get("linux", ""); !errors.Is(err, slot.ErrNoSlot) {
		t.Errorf("another program: %v, want ErrNoSlot", err)
	}
}
