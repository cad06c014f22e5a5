package forward_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/broker/internal/forward"
	"beside/broker/internal/journal"
	"beside/broker/internal/post"
	"beside/broker/internal/siem"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) (*store.Store, *journal.Journal) {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, journal.New(s)
}

func note(t *testing.T, j *journal.Journal, n int) {
	t.Helper()
	for range n {
		e := record.New(record.SignedIn{From: "192.0.2.0/24", Method: "passkey"}, record.ByBroker, record.Actor{Kind: record.Technician, ID: "t-1"})
		if err := j.Note(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

// run forwards until the test is done with it.
func run(t *testing.T, s *store.Store, j *journal.Journal, sink forward.Sink) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- forward.Run(ctx, forward.Config{Name: "test", Sink: sink, Store: s, Journal: j, Log: slog.New(slog.DiscardHandler)})
	}()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// begun waits until the forwarder has a cursor: what comes now is forwarded.
func begun(t *testing.T, s *store.Store) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		ok := false
		err := s.View(t.Context(), func(v *store.View) (err error) {
			ok, err = v.Forwards("test")
			return err
		})
		if err != nil || ok {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("it did not begin")
		}
		<-time.After(5 * time.Millisecond)
	}
}

// collector is a syslog server over TLS. It cuts its first connections after so many
// messages.
type collector struct {
	listener net.Listener
	cuts     []int
	seen     chan int64
	wg       sync.WaitGroup
	t        *testing.T
}

func newCollector(t *testing.T, cuts ...int) (*collector, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	c := &collector{t: t, cuts: cuts, seen: make(chan int64, 10_000)}
	c.listener, err = tls.Listen("tcp", "localhost:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	c.wg.Go(c.accept)
	t.Cleanup(func() {
		_ = c.listener.Close()
		c.wg.Wait()
	})
	return c, &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

func (c *collector) accept() {
	for i := 0; ; i++ {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		most := 1 << 30
		if i < len(c.cuts) {
			most = c.cuts[i]
		}
		c.wg.Go(func() { c.read(conn, most) })
	}
}

// read counts octets as RFC 5425 has it.
func (c *collector) read(conn net.Conn, most int) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for range most {
		length, err := r.ReadString(' ')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSpace(length))
		message := make([]byte, n)
		if err == nil {
			_, err = io.ReadFull(r, message)
		}
		if err != nil {
			return
		}
		_, text, _ := strings.Cut(string(message), "\xef\xbb\xbf")
		var e struct{ Seq int64 }
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			c.t.Errorf("message %q: %v", message, err)
		}
		c.seen <- e.Seq
	}
}

// all waits until each event from first to last was seen.
func (c *collector) all(first, last int64) {
	c.t.Helper()
	missing := make(map[int64]bool)
	for n := first; n <= last; n++ {
		missing[n] = true
	}
	deadline := time.After(60 * time.Second)
	for len(missing) > 0 {
		select {
		case n := <-c.seen:
			if n < first {
				c.t.Errorf("event %d is from before it began", n)
			}
			delete(missing, n)
		case <-deadline:
			c.t.Fatalf("%d events never came", len(missing))
		}
	}
}

// Whatever breaks, each event comes, and after a restart it goes on where it was.
func TestSyslogLosesNothing(t *testing.T) {
	s, j := open(t)
	note(t, j, 5) // before it began
	c, config := newCollector(t, 3, 20, 1)
	sink := func() forward.Sink {
		return &forward.Syslog{Address: c.listener.Addr().String(), TLS: config, Writer: siem.Writer{Version: "1", Host: "h"}}
	}
	stop := run(t, s, j, sink())
	begun(t, s)
	note(t, j, 150)
	c.all(6, 155)
	stop()
	note(t, j, 20)
	stop = run(t, s, j, sink())
	c.all(156, 175)
	stop()
}

func TestSyslogTrustsNobodyElse(t *testing.T) {
	s, j := open(t)
	c, _ := newCollector(t)
	stop := run(t, s, j, &forward.Syslog{Address: c.listener.Addr().String(), TLS: &tls.Config{ServerName: "localhost"}})
	begun(t, s)
	note(t, j, 3)
	<-time.After(200 * time.Millisecond)
	stop()
	if len(c.seen) > 0 {
		t.Error("events went to a server that nobody vouches for")
	}
}

// The webhook takes each event once, in order, signed, and without personal data.
func TestWebhookTakesEachEventOnce(t *testing.T) {
	s, j := open(t)
	secret := bytes.Repeat([]byte("s"), 32)
	type posted struct {
		header http.Header
		body   []byte
	}
	posts := make(chan posted, 100)
	fail := 2
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if fail > 0 {
			fail--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		posts <- posted{r.Header, body}
	}))
	defer hook.Close()
	to, err := url.Parse(hook.URL)
	if err != nil {
		t.Fatal(err)
	}
	stop := run(t, s, j, forward.NewWebhook(to, secret, []string{"signin."}))
	begun(t, s)
	note(t, j, 2)
	if err := j.Note(t.Context(), record.New(record.BrokerStarted{}, record.ByBroker, record.Actor{Kind: record.Broker})); err != nil {
		t.Fatal(err)
	}
	note(t, j, 1)
	for _, want := range []int64{1, 2, 4} {
		var p posted
		select {
		case p = <-posts:
		case <-time.After(60 * time.Second):
			t.Fatalf("event %d never came", want)
		}
		var body struct {
			Type string
			Data struct{ Seq int64 }
		}
		if err := json.Unmarshal(p.body, &body); err != nil || body.Data.Seq != want || body.Type != "signin.done" {
			t.Errorf("got %s, want event %d", p.body, want)
		}
		if bytes.Contains(p.body, []byte("192.0.2")) {
			t.Errorf("personal data leaves: %s", p.body)
		}
		seconds, err := strconv.ParseInt(p.header.Get("Webhook-Timestamp"), 10, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)) > time.Minute {
			t.Errorf("sent at %s", p.header.Get("Webhook-Timestamp"))
		}
		if got := post.Sign(secret, p.header.Get("Webhook-Id"), time.Unix(seconds, 0), p.body); got != p.header.Get("Webhook-Signature") {
			t.Errorf("signature %s, want %s", p.header.Get("Webhook-Signature"), got)
		}
	}
	stop()
	if len(posts) > 0 {
		t.Errorf("%d posts too many", len(posts))
	}
}

// The example of the standard's own libraries.
func TestSignatureOfStandardWebhooks(t *testing.T) {
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := post.Sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A signature is of everything that is sent.
func TestSignature(t *testing.T) {
	secret := bytes.Repeat([]byte("k"), 32)
	a := post.Sign(secret, "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	for name, b := range map[string]string{
		"id":   post.Sign(secret, "msg_2", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)),
		"time": post.Sign(secret, "msg_1", time.Unix(1614265331, 0), []byte(`{"test": 2432232314}`)),
		"body": post.Sign(secret, "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232315}`)),
		"key":  post.Sign(secret[1:], "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)),
	} {
		if a == b {
			t.Errorf("another %s gives the same signature", name)
		}
	}
}
