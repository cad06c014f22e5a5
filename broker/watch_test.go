package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestWatchGoesOnUntilTheLogIsNotWhatItWas: a log that is away is said, one that grows
// is noted, and one that goes back ends it with the proof.
func TestWatchGoesOnUntilTheLogIsNotWhatItWas(t *testing.T) {
	r := serve(t, nil)
	var key struct{ Key string }
	r.beside(&key, "audit", "key")
	_, old := r.get(r.url.JoinPath("log", "checkpoint").String())

	var mode atomic.Value // up, away, back in time
	mode.Store("up")
	proxy := httputil.NewSingleHostReverseProxy(r.url)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case mode.Load() == "away":
			http.Error(w, "away", http.StatusBadGateway)
		case mode.Load() == "back in time" && strings.HasSuffix(req.URL.Path, "/checkpoint"):
			_, _ = io.WriteString(w, old)
		default:
			req.Host = r.url.Host
			proxy.ServeHTTP(w, req)
		}
	}))
	defer front.Close()

	out, problem := &lockedBuffer{}, &lockedBuffer{}
	code := make(chan int, 1)
	go func() {
		code <- command(t.Context(), []string{
			"audit", "watch", front.URL + "/log", "--key", key.Key, "--seen", filepath.Join(t.TempDir(), "seen"), "--every", "20ms",
		}, out, problem)
	}()
	wait := func(what string, in *lockedBuffer, text string) {
		t.Helper()
		for late := time.After(deadline); !strings.Contains(in.String(), text); {
			select {
			case got := <-code:
				t.Fatalf("ended with %d before %s: %s%s", got, what, out.String(), problem.String())
			case <-late:
				t.Fatalf("waited too long for %s: %s%s", what, out.String(), problem.String())
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	wait("the first look", out, "all of before are the same")
	mode.Store("away")
	wait("the log to be away", problem, "beside: ")
	seen := strings.Count(out.String(), "all of before are the same")
	mode.Store("up")
	r.beside(nil, "account", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "technician")
	for late := time.After(deadline); strings.Count(out.String(), "all of before are the same") == seen; {
		select {
		case <-late:
			t.Fatalf("the new event is not seen: %s%s", out.String(), problem.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
	mode.Store("back in time")
	select {
	case got := <-code:
		if got != exitFailed || !strings.Contains(out.String(), "Seen before:") || !strings.Contains(out.String(), old) {
			t.Errorf("a log that went back: exit %d: %s%s", got, out.String(), problem.String())
		}
	case <-time.After(deadline):
		t.Error("a log that went back is not noticed")
	}
}
