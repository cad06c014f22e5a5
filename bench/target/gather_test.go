package main

import (
	"net"
	"slices"
	"testing"
)

// wire records what is written in one piece.
type wire struct {
	net.Conn
	pieces []string
}

func (w *wire) Write(p []byte) (int, error) {
	w.pieces = append(w.pieces, string(p))
	return len(p), nil
}

func TestGatherSendsOnePiece(t *testing.T) {
	w := &wire{}
	g := &gather{Conn: w}
	write := func(text string) {
		if n, err := g.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("write %q: %d, %v", text, n, err)
		}
	}
	write("a")
	g.hold()
	write("b")
	write("c")
	if err := g.release(); err != nil {
		t.Fatal(err)
	}
	write("d")
	if want := []string{"a", "bc", "d"}; !slices.Equal(w.pieces, want) {
		t.Errorf("got %q, want %q", w.pieces, want)
	}
}
