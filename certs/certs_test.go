package certs_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/certs"
)

func open(t *testing.T, dir string) *certs.Authority {
	t.Helper()
	a, err := certs.OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(t *testing.T, source interface {
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
}) *tls.Certificate {
	t.Helper()
	c, err := source.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHandshakeUnderThePinnedAuthority(t *testing.T) {
	a, other := open(t, t.TempDir()), open(t, t.TempDir())
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: a.Local("localhost", "127.0.0.1").GetCertificate})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	}()
	for name, tc := range map[string]struct {
		trust  *certs.Authority
		server string
		ok     bool
	}{
		"a name of the list": {a, "localhost", true},
		"an address":         {a, "127.0.0.1", true},
		"another name":       {a, "help.example", false},
		"another authority":  {other, "localhost", false},
	} {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(tc.trust.PEM()))
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		err = tls.Client(conn, &tls.Config{RootCAs: pool, ServerName: tc.server}).Handshake()
		if (err == nil) != tc.ok {
			t.Errorf("%s: handshake %v, want ok=%v", name, err, tc.ok)
		}
		_ = conn.Close()
	}
}

func TestAuthorityIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var wg sync.WaitGroup
	found := make([]string, 8)
	for i := range found {
		wg.Go(func() {
			if a, err := certs.OpenAuthority(dir); err == nil {
				found[i] = certs.Fingerprint(a.Certificate())
			}
		})
	}
	wg.Wait()
	for i, f := range found {
		if f == "" || f != found[0] {
			t.Errorf("opener %d got authority %q, the first %q", i, f, found[0])
		}
	}
	info, err := os.Stat(filepath.Join(dir, "authority.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: mode %v, %v; want 0600", info.Mode().Perm(), err)
	}
}

func TestDamagedAuthorityIsSaid(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "authority.pem"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := certs.OpenAuthority(dir); err == nil {
		t.Error("a damaged authority was opened")
	}
}

func TestLeafIsRenewedInTime(t *testing.T) {
	a := open(t, t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		local := a.Local("localhost")
		first := get(t, local)
		time.Sleep(59 * 24 * time.Hour)
		if get(t, local) != first {
			t.Error("renewed with a third of its life left over")
		}
		time.Sleep(2 * 24 * time.Hour)
		if get(t, local) == first {
			t.Error("not renewed in the last third of its life")
		}
	})
}

// writePair writes a new leaf of a as the pair of files.
func writePair(t *testing.T, a *certs.Authority, certFile, keyFile string) *tls.Certificate {
	t.Helper()
	c := get(t, a.Local("localhost"))
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}))
	write(t, keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	return c
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	// Another time than any before, whatever the file system's resolution.
	stampOf++
	at := time.Now().Add(time.Duration(stampOf) * time.Minute)
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

var stampOf int

func TestFilesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a := open(t, dir)
	first := writePair(t, a, certFile, keyFile)
	synctest.Test(t, func(t *testing.T) {
		log := slog.New(slog.DiscardHandler)
		files, err := certs.OpenFiles(certFile, keyFile, log)
		if err != nil {
			t.Fatal(err)
		}
		serves := func(want *tls.Certificate, when string) {
			t.Helper()
			time.Sleep(2 * time.Second)
			if got := get(t, files); certs.Fingerprint(got.Leaf) != certs.Fingerprint(want.Leaf) {
				t.Errorf("%s: another certificate is served", when)
			}
		}
		serves(first, "unchanged")
		write(t, certFile, []byte("half a fi"))
		serves(first, "while the new file is not whole")
		second := writePair(t, a, certFile, keyFile)
		serves(second, "after a renewal")
		if err := os.Remove(keyFile); err != nil {
			t.Fatal(err)
		}
		serves(second, "while a file is missing")
	})
	if _, err := certs.OpenFiles(certFile, keyFile, slog.Default()); err == nil {
		t.Error("opened without a key")
	}
}
