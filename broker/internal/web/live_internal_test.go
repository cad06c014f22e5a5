package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A stream that is silent for longer than a write may take goes on, over
// either version of HTTP.
func TestStreamOutlivesItsSilence(t *testing.T) {
	for _, tt := range []struct {
		proto string
		http2 bool
	}{{"HTTP/1.1", false}, {"HTTP/2.0", true}} {
		t.Run(tt.proto, func(t *testing.T) {
			t.Parallel()
			const within = 2 * time.Second // holds the handshake of TLS too
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				out := http.NewResponseController(w)
				for _, text := range []string{"before ", "after"} {
					if err := send(w, out, text, within); err != nil {
						t.Errorf("send %q: %v", text, err)
					}
					<-time.After(within + within/4)
				}
			}))
			server.EnableHTTP2 = tt.http2
			server.Config.WriteTimeout = within
			server.StartTLS()
			defer server.Close()
			response, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || string(body) != "before after" || response.Proto != tt.proto {
				t.Errorf("read %q over %s: %v", body, response.Proto, err)
			}
		})
	}
}
