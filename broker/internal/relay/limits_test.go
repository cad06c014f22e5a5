package relay_test

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/relay"
	"beside/signaling"
	"beside/signaling/grant"
)

// TestRefreshOutlivesCredentials: a relayed session must not die with the
// credentials that it began with, and they must allocate nothing any more.
func TestRefreshOutlivesCredentials(t *testing.T) {
	h := startWith(t, relay.Config{Life: 3 * time.Second})
	c, v := h.join("s1", grant.Client), h.join("s1", grant.Viewer)
	spare := h.join("s1", grant.Client)
	server := turnOf(h.Servers("s1", grant.Viewer, "epoch"))
	<-time.After(time.Until(expiry(t, server)))

	if relayed, err := h.client(server).Allocate(); err == nil {
		_ = relayed.Close()
		t.Error("credentials that ran out still allocated")
	}
	exchange(t, c, v)
	// The end of an allocation is a Refresh with lifetime 0 (RFC 8656 §7.2):
	// that it made room shows that it was believed.
	if err := spare.relayed.Close(); err != nil {
		t.Errorf("refresh after the credentials' end: %v", err)
	}
	third := h.join("s1", grant.Client)
	exchange(t, third, v)
	h.End("s1")
	_ = c.send(v.relayed.LocalAddr(), "after the end")
	if got, _ := v.receive(t, silence); got != "" {
		t.Errorf("received %q after the session's end", got)
	}
}

func expiry(t *testing.T, s signaling.ICEServer) time.Time {
	t.Helper()
	unix, err := strconv.ParseInt(strings.Split(s.Username, ":")[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(unix, 0)
}

func TestCredentialsLiveTenMinutesAtMost(t *testing.T) {
	h := startWith(t, relay.Config{Life: 24 * time.Hour})
	if left := time.Until(expiry(t, turnOf(h.Servers("s1", grant.Client, "epoch")))); left > 10*time.Minute {
		t.Errorf("credentials live %v, want at most 10 min", left)
	}
}

func TestVolume(t *testing.T) {
	h := startWith(t, relay.Config{Volume: 100})
	c, v := h.join("s1", grant.Client), h.join("s1", grant.Viewer)
	exchange(t, c, v) // 32 bytes
	_ = c.send(v.relayed.LocalAddr(), strings.Repeat("x", 69))
	h.waitEvent(relay.Event{Session: "s1", Role: grant.Client, Denied: relay.DeniedVolume})
	if got, _ := v.receive(t, silence); got != "" {
		t.Errorf("received %d bytes over the volume", len(got))
	}
	exchange(t, h.join("s2", grant.Client), h.join("s2", grant.Viewer))
}

func TestRate(t *testing.T) {
	h := start(t, "203.0.113.7")
	c, v := h.join("s1", grant.Client), h.join("s1", grant.Viewer)
	exchange(t, c, v)
	const size, together, rounds = 1200, 32, 100 // 3.84 MB: 1.5 s at 20 Mbit/s
	packet, buf, got := bytes.Repeat([]byte{1}, size), make([]byte, 2000), 0
	begin := time.Now()
	for range rounds {
		for range together {
			if _, err := c.relayed.WriteTo(packet, v.relayed.LocalAddr()); err != nil {
				t.Fatal(err)
			}
		}
		// What is let through arrives now, so that nothing but the limit drops any.
		for range together {
			_ = v.relayed.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
			n, _, err := v.relayed.ReadFrom(buf)
			if err != nil {
				break
			}
			got += n
		}
	}
	limit := int(2.5e6*(time.Since(begin).Seconds()+0.2)) + size
	if got == 0 || got > limit {
		t.Errorf("relayed %d bytes of %d in %v, want at most %d", got, size*together*rounds, time.Since(begin), limit)
	}
}

// TestRelayIsNoTCPProxy: with good credentials nobody gets a TCP relay (RFC 6062),
// by which one could reach web services, of this machine and of its network.
func TestRelayIsNoTCPProxy(t *testing.T) {
	h := start(t, "127.0.0.1")
	service, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	reached := make(chan net.Addr, 1)
	go func() {
		defer close(reached)
		if c, err := service.Accept(); err == nil {
			reached <- c.RemoteAddr()
			_ = c.Close()
		}
	}()
	relayed, err := h.client(turnOf(h.Servers("s1", grant.Client, "epoch"))).AllocateTCP()
	if err == nil {
		t.Error("a TCP relay was allocated")
		if c, err := relayed.DialTCP("tcp4", nil, service.Addr().(*net.TCPAddr)); err == nil {
			_ = c.Close()
		}
		_ = relayed.Close()
	}
	_ = service.Close()
	if from, ok := <-reached; ok {
		t.Errorf("a service of this machine was reached from %v", from)
	}
	exchange(t, h.join("s2", grant.Client), h.join("s2", grant.Viewer)) // others go on
}
