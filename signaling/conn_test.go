package signaling_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"beside/signaling"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 5 * time.Second

// pair is two ends of one websocket, the raw one to do with as one likes.
func pair(t *testing.T) (*signaling.Conn, *websocket.Conn) {
	t.Helper()
	far := make(chan *websocket.Conn, 1)
	up := websocket.Upgrader{Subprotocols: []string{signaling.Subprotocol}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ws, err := up.Upgrade(w, r, nil); err == nil {
			far <- ws
		}
	}))
	t.Cleanup(server.Close)
	conn, err := signaling.Dial(t.Context(), &websocket.Dialer{}, "ws"+strings.TrimPrefix(server.URL, "http"))
	if err != nil {
		t.Fatal(err)
	}
	ws := <-far
	t.Cleanup(func() {
		conn.Close()
		_ = ws.Close()
	})
	return conn, ws
}

func TestConnCarriesMessages(t *testing.T) {
	conn, ws := pair(t)
	other := signaling.NewConn(ws)
	for _, m := range messages() {
		if err := conn.Write(m.message); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Read(patience); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
	other.Fail(signaling.Errorf(signaling.GoingAway, "until later"))
	if m, err := conn.Read(patience); err != nil || m.(signaling.Fault).Error.Code != signaling.GoingAway {
		t.Errorf("got %+v, %v; want the fault", m, err)
	}
	if _, err := conn.Read(patience); !errors.Is(err, signaling.ErrClosed) {
		t.Errorf("after the fault: %v, want ErrClosed", err)
	}
	if err := conn.Write(signaling.Recorded{}); err != nil {
		t.Logf("write to a closed socket: %v", err) // the first may still fit the system's buffer
	}
}

func TestConnRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		kind int
		raw  string
		code signaling.Code
	}{
		"binary":    {websocket.BinaryMessage, `{"type":"recorded","seq":1}`, signaling.BadMessage},
		"malformed": {websocket.TextMessage, `{"type":"recorded"`, signaling.BadMessage},
		"too large": {websocket.TextMessage, strings.Repeat("x", signaling.MaxMessageBytes+1), signaling.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			conn, ws := pair(t)
			if err := ws.WriteMessage(tc.kind, []byte(tc.raw)); err != nil {
				t.Fatal(err)
			}
			var wire *signaling.Error
			if _, err := conn.Read(patience); !errors.As(err, &wire) || wire.Code != tc.code {
				t.Errorf("%v, want code %s", err, tc.code)
			}
		})
	}
}

func TestWritersDoNotMix(t *testing.T) {
	conn, ws := pair(t)
	other := signaling.NewConn(ws)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for range 50 {
				if err := errors.Join(conn.Write(signaling.Access{Token: strings.Repeat("x", 2000)}), conn.Ping()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 400 {
		if _, err := other.Read(patience); err != nil {
			t.Fatal(err)
		}
	}
	writers.Wait()
}

// TestSilenceIsNotDeath: an end that has nothing to say answers pings, and is
// waited for; one that does not is given up.
func TestSilenceIsNotDeath(t *testing.T) {
	t.Parallel()
	conn, ws := pair(t)
	other := signaling.NewConn(ws)
	stop := make(chan struct{})
	const dead, alive = 2 * time.Second, 4 * time.Second
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = other.Read(time.Minute) }) // answers, says nothing
	reading.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				_ = conn.Ping()
			}
		}
	})
	begin := time.Now()
	timer := time.AfterFunc(alive, func() { close(stop) })
	defer timer.Stop()
	_, err := conn.Read(dead)
	if waited := time.Since(begin); !errors.Is(err, signaling.ErrClosed) || waited < alive {
		t.Errorf("given up after %v with %v; want while it no longer answers", waited, err)
	}
	conn.Close()
	reading.Wait()
}

func TestDialNeedsTheSubprotocol(t *testing.T) {
	up := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/none" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		if ws, err := up.Upgrade(w, r, nil); err == nil {
			_ = ws.Close()
		}
	}))
	defer server.Close()
	at := "ws" + strings.TrimPrefix(server.URL, "http")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for url, want := range map[string]string{
		at:                        signaling.Subprotocol,
		at + "/none":              "403",
		"ws://nowhere.invalid/ws": "nowhere.invalid",
	} {
		if _, err := signaling.Dial(ctx, &websocket.Dialer{}, url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("dial %s: %v, want an error that names %s", url, err, want)
		}
	}
}
