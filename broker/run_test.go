package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/certs"
)

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

// With a certificate and no --url, links lead to the certificate's name.
func TestGivenCertificateNamesTheBroker(t *testing.T) {
	dir := t.TempDir()
	authority, err := certs.OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := authority.Local("help.example").GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := serve(t, func(c *Config) { c.ListenHTTPS, c.TLSCert, c.TLSKey = "localhost:0", certFile, keyFile })
	if r.url.Scheme != "https" || r.url.Hostname() != "help.example" {
		t.Errorf("public address = %s, want https://help.example", r.url)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "authority.pem")); err == nil {
		t.Error("a local authority was made that nobody needs")
	}
}

func TestPublicURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://Help.example":     "https://help.example",
		"https://help.example:443": "https://help.example",
		"https://help.example:444": "https://help.example:444",
		"http://localhost:80":      "http://localhost",
		"http://[::1]:8080/":       "http://[::1]:8080",
		"http://[::1]":             "http://[::1]",
		"https://u@help.example":   "",
		"https://help.example?x":   "",
		"ftp://help.example":       "",
		"help.example":             "",
	} {
		got, err := publicURL(in)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("publicURL(%q) = %v, %v, want %q", in, got, err, want)
		}
	}
}

func TestRunRefusesWhatItWasToldAndCannotHave(t *testing.T) {
	first := serve(t, nil)
	c := Config{Organisation: "Org", ListenHTTP: first.url.Host, ListenHTTPS: off, ListenRelay: off, Invitation: time.Minute, LostAfter: time.Minute, RelayLife: time.Minute, ProofLife: time.Minute}
	err := run(t.Context(), t.TempDir(), c, slog.New(slog.DiscardHandler), func(*url.URL) { t.Error("it is ready") })
	if err == nil || !strings.Contains(err.Error(), "--listen-http") {
		t.Errorf("run on a taken port: %v, want an error that names the flag", err)
	}
}

// A second broker on one machine does without the usual ports, and says so.
func TestUsualPortsAreTaken(t *testing.T) {
	hold(t, func() (io.Closer, error) { return net.Listen("tcp", usualHTTPS) })
	hold(t, func() (io.Closer, error) { return net.ListenPacket("udp", usualRelay) })
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

// hold takes a port for the test. One that another program keeps for long is as
// good; one that it may let go of at any moment is not.
func hold(t *testing.T, listen func() (io.Closer, error)) {
	t.Helper()
	for started := time.Now(); time.Since(started) < 15*time.Second; {
		if l, err := listen(); err == nil {
			t.Cleanup(func() { l.Close() })
			return
		}
		<-time.After(20 * time.Millisecond)
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

// The door to sessions too: nobody who is not signed in passes where the
// description says that somebody must be.
func TestStrangersPassNoClosedDoor(t *testing.T) {
	r := serve(t, nil)
	_, body := r.get(r.url.String() + "/openapi.json")
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			Security    []any
		}
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	closed := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if len(op.Security) == 0 {
				continue
			}
			closed++
			req, err := http.NewRequest(strings.ToUpper(method), r.url.String()+strings.ReplaceAll(path, "{id}", "none"), nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := r.http.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s %s (%s) as a stranger = %d, want 401", method, path, op.OperationID, res.StatusCode)
			}
		}
	}
	if closed < 15 {
		t.Errorf("%d closed operations were found, want all", closed)
	}
}
