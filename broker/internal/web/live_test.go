package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/web"
)

// live opens the stream and returns what it says, line by line.
func (b *browser) live(last string) (lines <-chan string, stop func()) {
	b.h.t.Helper()
	ctx, cancel := context.WithCancel(b.h.t.Context())
	header := map[string]string{}
	if last != "" {
		header["Last-Event-ID"] = last
	}
	res, err := b.client.Do(b.request(ctx, "GET", "/api/v1/live", nil, header))
	b.h.must(err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		b.h.t.Fatalf("live = %d %v", res.StatusCode, res.Header)
	}
	out := make(chan string)
	go func() {
		defer close(out)
		defer res.Body.Close()
		for scan := bufio.NewScanner(res.Body); scan.Scan(); {
			select {
			case out <- scan.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() {
		cancel()
		for range out { // until it has ended
		}
	}
}

// until reads the stream until it has told of a topic, and returns the number of
// that change.
func (h *harness) until(lines <-chan string, topic string) (id string) {
	h.t.Helper()
	deadline := time.After(testDeadline)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				h.t.Fatalf("the stream ended before %s", topic)
			}
			if n, found := strings.CutPrefix(line, "id: "); found {
				id = n
			}
			if data, found := strings.CutPrefix(line, "data: "); found {
				var c web.Change
				h.must(json.Unmarshal([]byte(data), &c))
				if c.Topic == topic && c.ID != "" {
					return id
				}
			}
		case <-deadline:
			h.t.Fatalf("no change of a %s", topic)
		}
	}
}

func TestLiveTellsOfChanges(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	lines, stop := who.live("")
	tk := who.ticket()
	seen := h.until(lines, "ticket")
	stop()
	who.invite(tk.ID) // while nobody listens
	lines, stop = who.live(seen)
	h.until(lines, "invitation")
	stop()
	h.stranger().want(http.StatusUnauthorized, "GET", "/api/v1/live", nil, nil)
}

func TestLiveEndsWhenTheBrokerStops(t *testing.T) {
	h := newHarness(t)
	lines, stop := h.signIn("ada@example.org", desk.Technician).live("")
	defer stop()
	close(h.draining)
	deadline := time.After(testDeadline)
	for {
		select {
		case _, ok := <-lines:
			if !ok {
				return
			}
		case <-deadline:
			t.Fatal("the stream did not end")
		}
	}
}
