package relay_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"beside/broker/internal/relay"
	"beside/signaling"
	"beside/signaling/grant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait for something that must happen; silence is how
// long nothing may come when nothing must.
const (
	patience = 20 * time.Second
	silence  = 100 * time.Millisecond
)

type harness struct {
	*relay.Relay
	t *testing.T

	mu     sync.Mutex
	events []relay.Event
}

// start runs a relay on loopback. Address names the allocations.
func start(t *testing.T, address string) *harness {
	t.Helper()
	return startWith(t, relay.Config{Address: netip.MustParseAddr(address)})
}

func startWith(t *testing.T, c relay.Config) *harness {
	t.Helper()
	h := &harness{t: t}
	c.Listen, c.Host, c.Log = "127.0.0.1:0", "127.0.0.1", slog.New(slog.DiscardHandler)
	c.Events = func(e relay.Event) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.events = append(h.events, e)
	}
	var err error
	h.Relay, err = relay.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// waitEvent waits until the event was told, and returns how often.
func (h *harness) waitEvent(e relay.Event) int {
	h.t.Helper()
	for end := time.After(patience); ; {
		if n := h.count(e); n > 0 {
			return n
		}
		select {
		case <-end:
			h.t.Fatalf("event %+v was not told", e)
		case <-time.After(time.Millisecond):
		}
	}
}

func (h *harness) count(e relay.Event) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, got := range h.events {
		if got == e {
			n++
		}
	}
	return n
}

// end is one end of a session with a TURN client of its own.
type end struct {
	*turn.Client
	relayed net.PacketConn
}

func (h *harness) client(server signaling.ICEServer) *turn.Client {
	h.t.Helper()
	socket, err := new(net.ListenConfig).ListenPacket(context.Background(), "udp4", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: h.LocalAddr().String(), STUNServerAddr: h.LocalAddr().String(), Conn: socket,
		Username: server.Username, Password: server.Credential, LoggerFactory: logging.NewDefaultLoggerFactory(),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		c.Close()
		_ = socket.Close()
	})
	return c
}

// turnOf is the server with credentials.
func turnOf(servers []signaling.ICEServer) signaling.ICEServer {
	return servers[slices.IndexFunc(servers, func(s signaling.ICEServer) bool { return s.Username != "" })]
}

// join allocates for one side of a session.
func (h *harness) join(session string, role grant.Role) *end {
	h.t.Helper()
	c := h.client(turnOf(h.Servers(session, role, "epoch")))
	relayed, err := c.Allocate()
	if err != nil {
		h.t.Fatalf("allocate for %s of %s: %v", role, session, err)
	}
	h.t.Cleanup(func() { _ = relayed.Close() })
	return &end{Client: c, relayed: relayed}
}

func (e *end) send(to net.Addr, text string) error {
	_, err := e.relayed.WriteTo([]byte(text), to)
	return err
}

// receive returns the next packet, or "" when none comes in time.
func (e *end) receive(t *testing.T, within time.Duration) (string, net.Addr) {
	t.Helper()
	if err := e.relayed.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2000)
	n, from, err := e.relayed.ReadFrom(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) || err != nil && strings.Contains(err.Error(), "timeout") {
		return "", nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n]), from
}

// exchange shows that two ends hear each other, and from the right address.
func exchange(t *testing.T, a, b *end) {
	t.Helper()
	// Each permits the other first, as ICE does; the first packets may be lost.
	for i, p := range []struct{ from, to *end }{{a, b}, {b, a}, {a, b}, {b, a}} {
		text := fmt.Sprint("packet ", i)
		if err := p.from.send(p.to.relayed.LocalAddr(), text); err != nil {
			t.Fatalf("send: %v", err)
		}
		if i == 0 {
			continue // b has not permitted a yet
		}
		got, from := p.to.receive(t, patience)
		if got == "packet 0" { // or just had
			got, from = p.to.receive(t, patience)
		}
		if got != text || from.String() != p.from.relayed.LocalAddr().String() {
			t.Fatalf("received %q from %v, want %q from %v", got, from, text, p.from.relayed.LocalAddr())
		}
	}
}

func TestRelayBetweenTheTwoSides(t *testing.T) {
	for _, address := range []string{"203.0.113.7", "127.0.0.1"} {
		t.Run(address, func(t *testing.T) {
			h := start(t, address)
			c, v := h.join("s1", grant.Client), h.join("s1", grant.Viewer)
			exchange(t, c, v)
			h.waitEvent(relay.Event{Session: "s1", Role: grant.Client})
			h.waitEvent(relay.Event{Session: "s1", Role: grant.Viewer})
		})
	}
}

func TestSTUN(t *testing.T) {
	h := start(t, "203.0.113.7")
	c := h.client(signaling.ICEServer{})
	if addr, err := c.SendBindingRequest(); err != nil || !strings.HasPrefix(addr.String(), "127.0.0.1:") {
		t.Errorf("binding = %v, %v; want our own address", addr, err)
	}
}

// TestRelayReachesNothingElse: whatever address an end names, no packet leaves
// the relay but to the other side of its session.
func TestRelayReachesNothingElse(t *testing.T) {
	victim, err := net.ListenUDP("udp", &net.UDPAddr{}) // dual stack, every address of this machine
	if err != nil {
		t.Fatal(err)
	}
	defer victim.Close()
	port := victim.LocalAddr().(*net.UDPAddr).Port
	heard := make(chan string, 1)
	go func() {
		defer close(heard)
		buf := make([]byte, 100)
		if n, from, err := victim.ReadFrom(buf); err == nil {
			heard <- fmt.Sprintf("%q from %v", buf[:n], from)
		}
	}()

	// With 127.0.0.1 as the relay's own address even loopback is permitted by
	// address, and the port alone must keep packets in.
	for _, address := range []string{"203.0.113.7", "127.0.0.1"} {
		t.Run(address, func(t *testing.T) {
			h := start(t, address)
			e := h.join("s1", grant.Client)
			h.join("s1", grant.Viewer)
			stranger := h.join("s2", grant.Viewer)
			own := h.join("s1", grant.Client)
			broker := h.LocalAddr().(*net.UDPAddr)
			for name, to := range map[string]*net.UDPAddr{
				"loopback":                         {IP: net.IPv4(127, 0, 0, 1), Port: port},
				"loopback, other":                  {IP: net.IPv4(127, 1, 2, 3), Port: port},
				"IPv6 loopback":                    {IP: net.IPv6loopback, Port: port},
				"IPv4-mapped loopback":             {IP: net.ParseIP("::ffff:127.0.0.1"), Port: port},
				"IPv4-mapped metadata":             {IP: net.ParseIP("::ffff:169.254.169.254"), Port: 80},
				"NAT64 loopback":                   {IP: net.ParseIP("64:ff9b::7f00:1"), Port: port},
				"cloud metadata":                   {IP: net.IPv4(169, 254, 169, 254), Port: 80},
				"unspecified":                      {IP: net.IPv4zero, Port: port},
				"IPv6 unspecified":                 {IP: net.IPv6zero, Port: port},
				"private":                          {IP: net.IPv4(10, 0, 0, 1), Port: port},
				"broadcast":                        {IP: net.IPv4bcast, Port: port},
				"multicast":                        {IP: net.IPv4(224, 0, 0, 251), Port: 5353},
				"the broker's own port":            broker,
				"relay's address, a service":       {IP: net.ParseIP(address), Port: port},
				"another session's":                stranger.relayed.LocalAddr().(*net.UDPAddr),
				"another session's port, loopback": {IP: net.IPv4(127, 0, 0, 9), Port: stranger.relayed.LocalAddr().(*net.UDPAddr).Port},
				"same side of the session":         own.relayed.LocalAddr().(*net.UDPAddr),
			} {
				// The client fails where permission is refused already.
				_ = e.send(to, "to "+name)
				_ = e.send(to, "again to "+name) // by channel, once it is bound
			}
			h.waitEvent(relay.Event{Session: "s1", Role: grant.Client, Denied: relay.DeniedPeer})
			// The stranger permits the sender, and still hears nothing.
			_ = stranger.send(e.relayed.LocalAddr(), "permit")
			_ = e.send(stranger.relayed.LocalAddr(), "to a stranger that listens")
			for _, other := range []*end{stranger, own, e} {
				if got, from := other.receive(t, silence); got != "" {
					t.Errorf("%v received %q from %v", other.relayed.LocalAddr(), got, from)
				}
			}
			if n := h.count(relay.Event{Session: "s1", Role: grant.Client, Denied: relay.DeniedPeer}); n != 1 {
				t.Errorf("the denial was told %d times, want once", n)
			}
		})
	}
	if err := victim.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if got, ok := <-heard; ok {
		t.Errorf("a service of this machine received %s", got)
	}
}

func TestNothingFromOutsideComesIn(t *testing.T) {
	h := start(t, "127.0.0.1")
	c, v := h.join("s1", grant.Client), h.join("s1", grant.Viewer)
	exchange(t, c, v)
	outside, err := new(net.ListenConfig).ListenPacket(context.Background(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	_ = c.send(outside.LocalAddr(), "come in")
	if _, err := outside.WriteTo([]byte("hello"), c.relayed.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if got, from := c.receive(t, silence); got != "" {
		t.Errorf("received %q from %v", got, from)
	}
}

func TestCredentials(t *testing.T) {
	h := start(t, "203.0.113.7")
	good := turnOf(h.Servers("s1", grant.Client, "epoch"))
	parts := strings.Split(good.Username, ":")
	other := turnOf(h.Servers("s2", grant.Viewer, "epoch"))
	h.End("s3")
	for name, s := range map[string]signaling.ICEServer{
		"no such session":    {Username: parts[0] + ":s9:client", Credential: good.Credential},
		"other role":         {Username: parts[0] + ":s1:viewer", Credential: good.Credential},
		"unknown role":       {Username: parts[0] + ":s1:root", Credential: good.Credential},
		"longer life":        {Username: "9999999999:s1:client", Credential: good.Credential},
		"already over":       {Username: "1000000000:s1:client", Credential: good.Credential},
		"other's credential": {Username: good.Username, Credential: other.Credential},
		"not a user name":    {Username: "admin", Credential: good.Credential},
		"more parts":         {Username: good.Username + ":x", Credential: good.Credential},
		"nothing":            {},
	} {
		if relayed, err := h.client(s).Allocate(); err == nil {
			_ = relayed.Close()
			t.Errorf("%s: allocated", name)
		}
	}
	c := h.client(good)
	relayed, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	if err := relayed.Close(); err != nil {
		t.Error(err)
	}
}

func TestQuota(t *testing.T) {
	h := start(t, "203.0.113.7")
	h.join("s1", grant.Client)
	h.join("s1", grant.Client)
	third := h.client(turnOf(h.Servers("s1", grant.Client, "epoch")))
	if _, err := third.Allocate(); err == nil {
		t.Error("a third allocation of one side was made")
	}
	h.waitEvent(relay.Event{Session: "s1", Role: grant.Client, Denied: relay.DeniedQuota})
	h.join("s1", grant.Viewer) // the other side has its own two
	h.join("s2", grant.Client) // and so has another session
}

// TestReloadFreesWhatItLeft: a page that is loaded anew cannot let go of what
// its predecessor allocated.
func TestReloadFreesWhatItLeft(t *testing.T) {
	h := start(t, "203.0.113.7")
	c := h.join("s1", grant.Client)
	old := []*end{h.join("s1", grant.Viewer), h.join("s1", grant.Viewer)}
	exchange(t, c, old[0])
	fresh := h.client(turnOf(h.Servers("s1", grant.Viewer, "another epoch")))
	relayed, err := fresh.Allocate()
	if err != nil {
		t.Fatalf("after a reload: %v", err)
	}
	defer relayed.Close()
	exchange(t, c, &end{Client: fresh, relayed: relayed})
	_ = c.send(old[0].relayed.LocalAddr(), "anybody there")
	if got, _ := old[0].receive(t, silence); got != "" {
		t.Errorf("the page before still received %q", got)
	}
}

func TestEndStopsRelaying(t *testing.T) {
	h := start(t, "203.0.113.7")
	c, v := h.join("s1", grant.Client), h.join("s1", grant.Viewer)
	other := []*end{h.join("s2", grant.Client), h.join("s2", grant.Viewer)}
	server := turnOf(h.Servers("s1", grant.Client, "epoch"))
	exchange(t, c, v)
	h.End("s1")
	_ = c.send(v.relayed.LocalAddr(), "still there")
	if got, _ := v.receive(t, silence); got != "" {
		t.Errorf("received %q after the session's end", got)
	}
	if relayed, err := h.client(server).Allocate(); err == nil {
		_ = relayed.Close()
		t.Error("allocated after the session's end")
	}
	exchange(t, other[0], other[1])
	h.End("s1") // again is nothing
}
