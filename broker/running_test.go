package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

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
	c := Config{Organisation: "Org", ListenHTTP: "localhost:0", ListenHTTPS: off, ListenRelay: "127.0.0.1:0", Invitation: time.Minute, LostAfter: time.Minute, RelayLife: time.Minute, ProofLife: time.Minute}
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
	r.beside(nil, "account", "add", "--email", "ada@example.org", "--name", "Ada", "--role", string(desk.Technician))
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
