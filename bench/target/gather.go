package main

import (
	"net"
	"sync"
)

// gather is a connection that can keep what is written and send it in one piece,
// so that the X server draws one picture's requests without looking at anybody
// else's in between: nobody can grab half a picture.
type gather struct {
	net.Conn

	mu     sync.Mutex // guards what follows
	held   bool
	buffer []byte
}

// Write keeps p while held.
func (g *gather) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.held {
		return g.Conn.Write(p)
	}
	g.buffer = append(g.buffer, p...)
	return len(p), nil
}

func (g *gather) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = true
}

// release sends all that was kept.
func (g *gather) release() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = false
	_, err := g.Conn.Write(g.buffer)
	g.buffer = g.buffer[:0]
	return err
}
