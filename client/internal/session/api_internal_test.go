package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"beside/signaling"
)

// A broker on https takes its requests over HTTP/2 and its websocket over
// HTTP/1.1 (RFC 6455 §4.1), on the same port.
func TestSocketAfterRequestsOverHTTPS(t *testing.T) {
	var request string
	up := websocket.Upgrader{Subprotocols: []string{signaling.Subprotocol}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ws" {
			if ws, err := up.Upgrade(w, r, nil); err == nil {
				_ = ws.Close()
			}
			return
		}
		request = r.Proto
		_, _ = w.Write([]byte(`{"keys":[]}`))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	broker, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	trust := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	trust.RootCAs.AddCert(server.Certificate())
	a := newAPI(broker, trust, nil, nil)
	defer a.close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := a.signingKeys(ctx); err != nil || request != "HTTP/2.0" {
		t.Fatalf("request: %v over %s, want HTTP/2.0", err, request)
	}
	conn, err := signaling.Dial(ctx, a.dialer(), "wss://"+broker.Host+"/ws")
	if err != nil {
		t.Fatalf("websocket after a request: %v", err)
	}
	conn.Close()
}
