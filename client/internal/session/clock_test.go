package session_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"beside/client/internal/session"
	"beside/internal/evil"
	"beside/signaling/control"
)

// Whose clock is wrong is helped like everybody else, also when a socket must be
// opened anew: that takes a signature over the time.
func TestWrongClockIsNoHindrance(t *testing.T) {
	for name, ahead := range map[string]time.Duration{
		"hours behind": 3 * time.Hour, "days before": -50 * time.Hour, "half a minute": 30 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			st := &stage{
				t: t, broker: evil.NewBroker(t), invite: evil.NewInvitation(t), person: allowing(), desk: newDesk(), over: make(chan struct{}),
			}
			st.broker.Ahead = ahead
			st.start()
			v := st.viewer()
			st.live(v)
			before := st.broker.Sockets()
			st.broker.Cut(false)
			st.eventually("the client is back", func() bool { return st.broker.Sockets() > before })
			st.seen(v)
			v.Say(control.Bye{Reason: "technician"})
			st.ended("technician")
		})
	}
}

// A certificate that is out of date here may be good by the right clock, as
// client.untrusted.clock says: the
// person is told to look at it, and nothing connects until then.
func TestExpiredCertificateSpeaksOfTheClock(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-2 * time.Hour), NotAfter: now.Add(-time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a request came through")
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	broker, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	st := play(t, allowing(), func(c *session.Config) { c.Broker, c.TLS = broker, &tls.Config{RootCAs: roots} })
	st.eventually("the person is told", func() bool { return st.person.warned("is not safe") })
	if next := st.person.problem().Next; !strings.Contains(next, now.Format("2006-01-02")) {
		t.Errorf("what to do: got %q, want it to say what the clock shows", next)
	}
}
