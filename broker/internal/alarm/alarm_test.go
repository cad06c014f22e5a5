package alarm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/broker/internal/alarm"
	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// raised is a database with one alarm in it.
func raised(t *testing.T) (*store.Store, *journal.Journal, string) {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	j, by, session := journal.New(s), record.Actor{Kind: record.Operator}, ""
	err = j.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		tn, events, err := auth.AddTechnician(tx, "ada@example.org", "Ada", []desk.Role{desk.Technician}, by)
		if err != nil {
			return nil, err
		}
		tk, more, err := ticket.Add(tx, desk.Ticket{Subject: "private words", Requester: "Grace", Impact: desk.Low, Urgency: desk.Low}, by)
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
		hash := []byte(strings.Repeat("x", 32))
		i, more, err := invitation.Create(tx, invitation.Request{Ticket: tk.ID, Technician: tn, JoinHash: hash, PageHash: hash, Life: time.Hour, By: by})
		if err != nil {
			return nil, err
		}
		session = i.Session
		_, err = tx.RaiseAlarm(session)
		return append(events, more...), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, j, session
}

// The webhook is told until it takes the alarm, once, and can tell that it is us.
func TestWebhookIsToldUntilItTakesIt(t *testing.T) {
	secret := bytes.Repeat([]byte("s"), 32)
	s, j, session := raised(t)
	type post struct {
		header string
		body   []byte
	}
	posts := make(chan post, 8)
	answers := []int{http.StatusInternalServerError, http.StatusFound, http.StatusNoContent}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(answers[min(len(posts), len(answers)-1)])
		posts <- post{r.Header.Get(alarm.Header), body}
	}))
	defer hook.Close()
	to, err := url.Parse(hook.URL + "/alarm")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- alarm.Run(ctx, alarm.Config{
			Webhook: to, Secret: secret, Desk: "https://help.example", Store: s, Journal: j,
			Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
	}()
	var told record.AlarmTold
	err = j.Follow(ctx, 0, func(l store.Leaf) error {
		e, err := record.ParseLeaf(l.Bytes)
		if d, is := e.Data.(record.AlarmTold); is {
			told = d
			cancel()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if told.Tries != 3 || told.To != to.Host {
		t.Errorf("told: got %+v, want at the third try", told)
	}
	if len(posts) != 3 {
		t.Fatalf("%d posts, want 3", len(posts))
	}
	for range 3 {
		p := <-posts
		seconds, _, _ := strings.Cut(strings.TrimPrefix(p.header, "t="), ",")
		at, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil || time.Since(time.Unix(at, 0)) > time.Minute || alarm.Sign(secret, time.Unix(at, 0), p.body) != p.header {
			t.Errorf("signature %q does not fit", p.header)
		}
		if alarm.Sign([]byte("another"), time.Unix(at, 0), p.body) == p.header {
			t.Error("another secret gives the same signature")
		}
		var body alarm.Body
		if err := json.Unmarshal(p.body, &body); err != nil || body.Session != session || body.Type != "alarm.raised" {
			t.Errorf("body %s, %v", p.body, err)
		}
		for _, private := range []string{"Grace", "Ada", "private"} {
			if bytes.Contains(p.body, []byte(private)) {
				t.Errorf("body %s names a person", p.body)
			}
		}
	}
}
