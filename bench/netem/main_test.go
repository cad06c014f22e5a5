//go:build linux

package main

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"
)

func TestRelayDelaysAndKeepsOrder(t *testing.T) {
	in, send := pipe(t)
	receive, out := pipe(t)
	l := &link{delay: 30 * time.Millisecond, queue: 64 << 10, dice: never}
	ended := make(chan error, 1)
	go func() { ended <- relay(in, out, l) }()
	begun := time.Now()
	want := []byte("one, two")
	for _, part := range [][]byte{want[:5], want[5:]} {
		if _, err := send.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(receive, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if took := time.Since(begun); took < l.delay {
		t.Errorf("arrived after %v, want at least %v", took, l.delay)
	}
	in.Close()
	if err := <-ended; err != nil {
		t.Errorf("a closed device ended the relay with %v", err)
	}
}

func TestRelayLoses(t *testing.T) {
	in, send := pipe(t)
	l := &link{loss: 1, queue: 64 << 10, dice: func() float64 { return 0 }}
	var out bytes.Buffer
	ended := make(chan error, 1)
	go func() { ended <- relay(in, &out, l) }()
	if _, err := send.Write([]byte("gone")); err != nil {
		t.Fatal(err)
	}
	send.Close() // the relay has read it once it sees the end
	if err := <-ended; err != io.EOF || out.Len() != 0 || l.sum.Lost != 1 {
		t.Errorf("got %q, %v, %+v", out.String(), err, l.sum)
	}
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}
