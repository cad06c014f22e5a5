package webhook_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/post"
	"beside/broker/internal/store"
	"beside/broker/internal/ticket"
	"beside/broker/internal/webhook"
	"beside/signaling/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = bytes.Repeat([]byte("s"), 32)

// fixture is a database with one webhook, and a receiver on loopback.
type fixture struct {
	t       *testing.T
	store   *store.Store
	journal *journal.Journal
	id      string
	posts   chan posted
	fail    atomic.Int64 // so many more posts are refused
	ahead   atomic.Int64 // how far the clock is ahead of this machine's
}

type posted struct {
	header http.Header
	body   []byte
}

func newFixture(t *testing.T, topics ...string) *fixture {
	t.Helper()
	f := &fixture{t: t, posts: make(chan posted, 1000)}
	var err error
	f.store, err = store.Open(t.Context(), t.TempDir())
	f.must(err)
	t.Cleanup(func() { f.must(f.store.Close()) })
	f.journal = journal.New(f.store)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if f.fail.Load() > 0 {
			f.fail.Add(-1)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		f.posts <- posted{r.Header, body}
	}))
	t.Cleanup(receiver.Close)
	f.change(func(tx *store.Tx) ([]record.Event, error) {
		h, err := tx.InsertWebhook(store.Webhook{URL: receiver.URL + "/hook", Topics: topics, Secret: secret})
		f.id = h.ID
		return []record.Event{webhook.Changed(h, "added", record.Actor{Kind: record.Operator})}, err
	})
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) change(change func(*store.Tx) ([]record.Event, error)) {
	f.t.Helper()
	f.must(f.journal.Update(f.t.Context(), change))
}

func (f *fixture) addTicket(subject string) {
	f.t.Helper()
	f.change(func(tx *store.Tx) ([]record.Event, error) {
		_, events, err := ticket.Add(tx, desk.Ticket{Subject: subject, Requester: "Grace Hopper", Impact: desk.Low, Urgency: desk.Low},
			record.Actor{Kind: record.Technician, ID: "t-1"})
		return events, err
	})
}

// run tells until the test stops it.
func (f *fixture) run() (stop func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 1)
	go func() {
		done <- webhook.Run(ctx, webhook.Config{Store: f.store, Journal: f.journal, Log: slog.New(slog.DiscardHandler),
			Now: func() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) }})
	}()
	return func() {
		f.t.Helper()
		cancel()
		f.must(<-done)
	}
}

// next is the next post that was taken, its signature checked.
func (f *fixture) next() webhook.Body {
	f.t.Helper()
	var p posted
	select {
	case p = <-f.posts:
	case <-time.After(60 * time.Second):
		f.t.Fatal("nothing came")
	}
	seconds, err := strconv.ParseInt(p.header.Get("Webhook-Timestamp"), 10, 64)
	f.must(err)
	if got := post.Sign(secret, p.header.Get("Webhook-Id"), time.Unix(seconds, 0), p.body); got != p.header.Get("Webhook-Signature") {
		f.t.Errorf("signature %s, want %s", p.header.Get("Webhook-Signature"), got)
	}
	for _, private := range []string{"Grace", "secret words"} {
		if bytes.Contains(p.body, []byte(private)) {
			f.t.Errorf("a person's words leave: %s", p.body)
		}
	}
	var b webhook.Body
	f.must(json.Unmarshal(p.body, &b))
	return b
}

func (f *fixture) now() (h store.Webhook, deliveries []store.Delivery) {
	f.t.Helper()
	f.must(f.store.View(f.t.Context(), func(v *store.View) (err error) {
		if h, err = v.Webhook(f.id); err != nil {
			return err
		}
		deliveries, err = v.Deliveries(f.id)
		return err
	}))
	return h, deliveries
}

// until waits for something about the webhook.
func (f *fixture) until(what string, is func(store.Webhook) bool) {
	f.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; {
		if h, _ := f.now(); is(h) {
			return
		}
		if time.Now().After(deadline) {
			h, _ := f.now()
			f.t.Fatalf("never %s: %+v", what, h)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// Each chosen event comes once, in order, signed and without words of people, over failures and restarts.
func TestEachEventIsToldInOrder(t *testing.T) {
	f := newFixture(t, "ticket.created")
	stop := f.run()
	for range 3 {
		f.addTicket("secret words")
	}
	var last int64
	for range 3 {
		b := f.next()
		if b.Type != webhook.TicketCreated || b.Data.Ticket == "" || b.Data.Seq <= last {
			t.Errorf("got %+v after event %d", b, last)
		}
		last = b.Data.Seq
	}
	f.fail.Store(2)
	f.addTicket("secret words")
	f.addTicket("secret words")
	f.until("failing", func(h store.Webhook) bool { return h.Tries == 1 && h.TryAt.After(time.Now()) })
	if h, done := f.now(); done[0].Outcome != "refused" || done[0].Status != http.StatusServiceUnavailable || time.Until(h.TryAt) > 6*time.Second {
		t.Errorf("kept %+v of it, tried again at %v", done[0], h.TryAt)
	}
	f.ahead.Add(int64(6 * time.Second))
	f.until("failing twice", func(h store.Webhook) bool { return h.Tries == 2 })
	if h, _ := f.now(); time.Until(h.TryAt) < 10*time.Second {
		t.Errorf("tried again at %v: the delay does not grow", h.TryAt)
	}
	stop()
	f.addTicket("secret words") // while nobody tells
	f.ahead.Add(int64(time.Minute))
	stop = f.run()
	for range 3 {
		b := f.next()
		if b.Data.Seq <= last {
			t.Errorf("event %d after %d", b.Data.Seq, last)
		}
		last = b.Data.Seq
	}
	f.until("well again", func(h store.Webhook) bool { return h.Tries == 0 && h.At == last })
	stop()
	if len(f.posts) > 0 {
		t.Errorf("%d posts too many", len(f.posts))
	}
}

func TestOnlyWhatWasChosenIsToldFromThenOn(t *testing.T) {
	f := newFixture(t, "alarm.raised", "rating.given")
	stop := f.run()
	f.addTicket("secret words")
	f.change(func(*store.Tx) ([]record.Event, error) {
		return []record.Event{record.New(record.SessionRated{}, record.ByBroker, record.Actor{Kind: record.Requester})}, nil
	})
	if b := f.next(); b.Type != webhook.RatingGiven {
		t.Errorf("told of %s", b.Type)
	}
	stop()
}

// Who takes nothing for days is switched off, with an event; and is told nothing more.
func TestLongFailureSwitchesOff(t *testing.T) {
	f := newFixture(t, "ticket.created")
	f.fail.Store(1 << 40)
	stop := f.run()
	defer func() { stop() }()
	f.addTicket("secret words")
	f.until("failing", func(h store.Webhook) bool { return h.Tries == 1 })
	f.ahead.Store(int64(webhook.OffAfter + time.Hour))
	f.until("off", func(h store.Webhook) bool { return !h.OffAt.IsZero() && h.Failed })
	events, err := f.journal.Leaves(t.Context(), "", 0, 100)
	f.must(err)
	if !slices.ContainsFunc(events, func(l store.Leaf) bool {
		e, err := record.ParseLeaf(l.Bytes)
		f.must(err)
		d, is := e.Data.(record.WebhookChanged)
		return is && d.Change == "failed" && d.Webhook == f.id && e.Actor.Kind == record.Broker
	}) {
		t.Error("no event says so")
	}
	f.fail.Store(0)
	f.addTicket("secret words")
	f.ahead.Add(int64(24 * time.Hour))
	<-time.After(1500 * time.Millisecond) // longer than it takes to look again
	if len(f.posts) > 0 {
		t.Error("told although it is off")
	}
}

// However much is told, only the last deliveries are kept.
func TestDeliveriesAreBounded(t *testing.T) {
	f := newFixture(t, "ticket.created")
	stop := f.run()
	for range store.KeptDeliveries + 5 {
		f.addTicket("x")
	}
	for range store.KeptDeliveries + 5 {
		f.next()
	}
	stop()
	if _, done := f.now(); len(done) != store.KeptDeliveries || done[0].Outcome != "taken" {
		t.Errorf("%d deliveries are kept, want %d", len(done), store.KeptDeliveries)
	}
}

func TestTryTellsWhatCameOfIt(t *testing.T) {
	f := newFixture(t, "ticket.created")
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	moved := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	defer moved.Close()
	h, _ := f.now()
	for url, want := range map[string]string{
		h.URL:                     "taken",
		untrusted.URL:             "certificate",
		moved.URL:                 "refused",
		"http://127.0.0.1:1/":     "unreachable",
		"https://169.254.169.254": "forbidden",
		"https://[fe80::1]/":      "forbidden",
		"https://0.0.0.0/":        "forbidden",
	} {
		h.URL = url
		if d := webhook.Try(t.Context(), h, record.Actor{Kind: record.Technician, ID: "t-1"}); d.Outcome != want {
			t.Errorf("%s: %s, want %s", url, d.Outcome, want)
		}
	}
	if b := f.next(); b.Type != webhook.Test {
		t.Errorf("posted %+v", b)
	}
}

func TestAddress(t *testing.T) {
	for text, ok := range map[string]bool{
		"https://example.org/hook?key=1": true, "http://localhost:9/": true, "http://127.0.0.1/x": true, "http://[::1]:80/": true,
		"http://example.org/": false, "ftp://example.org/": false, "https://": false, "https://user:pass@example.org/": false,
		"example.org": false, "": false, "https://example.org/#x": false, "https://" + strings.Repeat("a", 600): false,
		"https://exa mple.org/": false, "javascript:alert(1)": false, "http://localhost.example.org/": false,
	} {
		if _, err := webhook.Address(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The secret is written as the standard's libraries take it.
func TestSecretText(t *testing.T) {
	text, ok := strings.CutPrefix(webhook.SecretText(secret), "whsec_")
	if raw, err := base64.StdEncoding.DecodeString(text); !ok || err != nil || !bytes.Equal(raw, secret) {
		t.Errorf("got %q", text)
	}
}

func TestTopics(t *testing.T) {
	for name, tt := range map[string]struct {
		data record.Data
		want webhook.Topic
	}{
		"solved":            {record.TicketChanged{Fields: []string{"resolution", "state"}, State: "resolved"}, webhook.TicketSolved},
		"changed":           {record.TicketChanged{Fields: []string{"subject"}, State: "resolved"}, webhook.TicketChanged},
		"note":              {record.NoteAdded{}, webhook.TicketChanged},
		"joined":            {record.SessionJoined{}, webhook.SessionStarted},
		"ended":             {record.SessionEnded{}, webhook.SessionEnded},
		"alarm":             {record.AlarmRaised{}, webhook.AlarmRaised},
		"recording refused": {record.ConsentGranted{Asked: "view record", Scopes: "view"}, webhook.RecordingRefused},
		"recording allowed": {record.ConsentGranted{Asked: "view record", Scopes: "view record"}, ""},
		"all declined":      {record.ConsentDeclined{Asked: "view record"}, webhook.RecordingRefused},
		"not asked":         {record.ConsentDeclined{Asked: "view"}, ""},
		"report":            {record.ReportMade{}, webhook.ReportReady},
		"its own change":    {record.WebhookChanged{}, ""},
	} {
		if got := webhook.TopicOf(record.New(tt.data, record.ByBroker, record.Actor{})); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	refused := record.New(record.SessionJoined{}, record.ByBroker, record.Actor{})
	refused.Outcome = record.Denied
	if got := webhook.TopicOf(refused); got != "" {
		t.Errorf("what was denied is told as %q", got)
	}
}
