package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/broker/internal/desk"
)

// deadline bounds everything that a test waits for.
const deadline = 20 * time.Second

// running is a broker in this process.
type running struct {
	t    *testing.T
	dir  string
	url  *url.URL
	log  *lockedBuffer
	http *http.Client
	stop func() error // returns what run returned
}

// serve starts the same value that `beside serve` starts, on free ports.
func serve(t *testing.T, change func(*Config)) *running {
	t.Helper()
	r := &running{t: t, dir: t.TempDir(), log: &lockedBuffer{}}
	c := Config{Organisation: "Org", ListenHTTP: "localhost:0", ListenHTTPS: off, ListenRelay: "127.0.0.1:0", Invitation: time.Minute, LostAfter: time.Minute}
	if change != nil {
		change(&c)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan *url.URL, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, r.dir, c, slog.New(slog.NewJSONHandler(r.log, nil)), func(u *url.URL) { ready <- u })
	}()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	select {
	case r.url = <-ready:
	case err := <-done:
		done <- err
		t.Fatalf("run: %v", err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}
	if pem, err := os.ReadFile(filepath.Join(r.dir, "authority.pem")); err == nil {
		transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem)
	}
	t.Cleanup(transport.CloseIdleConnections)
	r.http = &http.Client{Transport: transport, Timeout: deadline}
	return r
}

// beside runs a subcommand on the broker's data and decodes its answer.
func (r *running) beside(into any, args ...string) {
	r.t.Helper()
	var out, problem bytes.Buffer
	args = append(args, "--data", r.dir, "--json")
	if code := command(r.t.Context(), args, &out, &problem); code != exitOK {
		r.t.Fatalf("beside %s: exit %d: %s", strings.Join(args, " "), code, &problem)
	}
	if into != nil {
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *running) get(url string) (*http.Response, string) {
	r.t.Helper()
	res, err := r.http.Get(url)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res, string(body)
}

// signIn makes an account and returns its cookie.
func (r *running) signIn(at string) *http.Cookie {
	r.t.Helper()
	r.beside(nil, "technician", "add", "--email", "ada@example.org", "--name", "Ada", "--role", string(desk.Technician))
	var link struct{ Link string }
	r.beside(&link, "signin-link", "ada@example.org")
	_, secret, _ := strings.Cut(link.Link, "#")
	res, err := r.http.Post(at+"/api/v1/sign-in", "application/json", strings.NewReader(`{"secret":"`+secret+`"}`))
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || len(res.Cookies()) != 1 {
		r.t.Fatalf("sign in = %d", res.StatusCode)
	}
	return res.Cookies()[0]
}

func (r *running) kinds() string {
	r.t.Helper()
	var out, problem bytes.Buffer
	if code := command(r.t.Context(), []string{"audit", "tail", "-n", "1000", "--data", r.dir}, &out, &problem); code != exitOK {
		r.t.Fatalf("audit tail: %s", &problem)
	}
	var kinds []string
	for line := range strings.Lines(out.String()) {
		kinds = append(kinds, strings.Fields(line)[3])
	}
	return strings.Join(kinds, " ")
}

func TestTwoBrokersInOneProcess(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("both", func(t *testing.T) {
		a, b := serve(t, func(c *Config) { c.Organisation = "A" }), serve(t, func(c *Config) { c.Organisation = "B" })
		cookie := a.signIn(a.url.String())
		for _, r := range []*running{a, b} {
			if res, body := r.get(r.url.String() + "/readyz"); res.StatusCode != http.StatusOK {
				t.Errorf("readyz = %d %s", res.StatusCode, body)
			}
			req, err := http.NewRequest("GET", r.url.String()+"/api/v1/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(cookie)
			res, err := r.http.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if in := res.StatusCode == http.StatusOK; in != (r == a) {
				t.Errorf("the cookie of the first is good at %s: %v", r.url, in)
			}
		}
		if err := a.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if res, _ := b.get(b.url.String() + "/healthz"); res.StatusCode != http.StatusOK {
			t.Error("the second stopped with the first")
		}
		if got := a.kinds(); !strings.HasPrefix(got, "broker.started ") || !strings.HasSuffix(got, " broker.stopped") {
			t.Errorf("events = %s", got)
		}
	})
}

func TestStopsWithinSecondsWhileStreamsAreOpen(t *testing.T) {
	r := serve(t, nil)
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.url.String()+"/api/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(r.signIn(r.url.String()))
	res, err := r.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	stream := bufio.NewReader(res.Body)
	if line, err := stream.ReadString('\n'); err != nil || line != ": here\n" {
		t.Fatalf("stream = %q, %v", line, err)
	}
	began := time.Now()
	if err := r.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(began); took > stopWithin {
		t.Errorf("stopping took %v, want at most %v", took, stopWithin)
	}
	if _, err := io.ReadAll(stream); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
}

func TestTLSByTheLocalAuthority(t *testing.T) {
	r := serve(t, func(c *Config) { c.ListenHTTPS = "localhost:0"; c.URL = "https://localhost:1" })
	at := r.tlsURL()
	res, body := r.get(at + "/")
	if res.StatusCode != http.StatusOK || res.Header.Get("Strict-Transport-Security") == "" ||
		!strings.Contains(res.Header.Get("Content-Security-Policy"), " wss://"+strings.TrimPrefix(at, "https://")+";") {
		t.Errorf("GET / = %d %v %s", res.StatusCode, res.Header, body)
	}
	if c := r.signIn(at); c.Name != "__Host-beside" || !c.Secure {
		t.Errorf("cookie = %+v, want a __Host- cookie", c)
	}
	fake(t, filepath.Join(r.dir, "clients", "beside-client"))
	out := filepath.Join(r.dir, "client")
	r.beside(nil, "client", "--out", out, "--client-dir", filepath.Join(r.dir, "clients"))
	if program, err := os.ReadFile(out); err != nil || !bytes.Contains(program, []byte("BEGIN CERTIFICATE")) {
		t.Errorf("the client does not know the authority: %v", err)
	}
}

// tlsURL finds the TLS listener, whose port was free.
func (r *running) tlsURL() string {
	r.t.Helper()
	for line := range strings.Lines(r.log.String()) {
		var l struct{ Msg, HTTPS string }
		if json.Unmarshal([]byte(line), &l) == nil && l.Msg == "broker started" {
			_, port, _ := strings.Cut(l.HTTPS[strings.LastIndex(l.HTTPS, "]")+1:], ":")
			return "https://localhost:" + port
		}
	}
	r.t.Fatal("no line says where https is")
	return ""
}

func TestRunRefusesWhatItWasToldAndCannotHave(t *testing.T) {
	first := serve(t, nil)
	c := Config{Organisation: "Org", ListenHTTP: first.url.Host, ListenHTTPS: off, ListenRelay: off, Invitation: time.Minute, LostAfter: time.Minute}
	err := run(t.Context(), t.TempDir(), c, slog.New(slog.DiscardHandler), func(*url.URL) { t.Error("it is ready") })
	if err == nil || !strings.Contains(err.Error(), "--listen-http") {
		t.Errorf("run on a taken port: %v, want an error that names the flag", err)
	}
}

// A second broker on one machine does without the usual ports, and says so.
func TestUsualPortsAreTaken(t *testing.T) {
	if l, err := net.Listen("tcp", usualHTTPS); err == nil {
		defer l.Close()
	} // else another program has it, which is as good
	if l, err := net.ListenPacket("udp", usualRelay); err == nil {
		defer l.Close()
	}
	r := serve(t, func(c *Config) { c.ListenHTTPS, c.ListenRelay = "", "" })
	for _, flag := range []string{"--listen-https", "--listen-relay"} {
		if !strings.Contains(r.log.String(), "choose another with "+flag) {
			t.Errorf("the log does not name %s: %s", flag, r.log)
		}
	}
	if res, _ := r.get(r.url.String() + "/readyz"); res.StatusCode != http.StatusOK {
		t.Errorf("readyz = %d", res.StatusCode)
	}
}

func TestAuditFollowsAnotherProcess(t *testing.T) {
	r := serve(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	out, in := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- command(ctx, []string{"audit", "tail", "--follow", "--json", "--data", r.dir}, in, io.Discard)
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	for want := int64(1); lines.Scan(); want++ {
		var e struct {
			Seq  int64
			Kind string
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Seq != want {
			t.Fatalf("line %q (%v), want seq %d", lines.Text(), err, want)
		}
		if want == 1 {
			r.beside(nil, "ticket", "add", "--subject", "s", "--requester", "r")
		}
		if e.Kind == "ticket.created" {
			break
		}
	}
	cancel()
	if code := <-done; code != exitOK {
		t.Errorf("exit code %d, want 0 after an interrupt", code)
	}
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
