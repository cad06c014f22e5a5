// Package webhook tells addresses that administrators chose what happens: one event after the other, in the order of
// the log, signed, until each is taken. The log is the queue and a row says how far each address is, so a restart
// loses nothing and nothing grows. What is posted names ids and no person.
package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/post"
	"beside/broker/internal/retry"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	firstAgain   = 5 * time.Second // doubles with each try
	longestAgain = time.Hour
	// OffAfter is for how long an address may fail before it is switched off.
	OffAfter = 3 * 24 * time.Hour

	lookEvery = time.Second
	batch     = 100
)

// Config is what Run works with.
type Config struct {
	Store   *store.Store
	Journal *journal.Journal
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// Run tells every webhook until ctx ends. Each works on its own: a slow one keeps no other waiting.
func Run(ctx context.Context, c Config) error {
	if c.Now == nil {
		c.Now = time.Now
	}
	t := &teller{Config: c, post: post.New(), at: make(map[string]int64), done: make(chan worked)}
	defer t.post.Close()
	return t.run(ctx)
}

// teller belongs to the goroutine of run; working is told what each worker did.
type teller struct {
	Config
	post    *post.Client
	at      map[string]int64 // how far each was looked at, in memory: most events are nobody's
	working map[string]bool
	done    chan worked
}

type worked struct {
	id string
	at int64
}

func (t *teller) run(ctx context.Context) error {
	w := t.Journal.Watch()
	defer w.Close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	t.working = make(map[string]bool)
	defer func() {
		for range t.working { // they end with ctx
			<-t.done
		}
	}()
	for {
		if err := t.begin(ctx); err != nil && ctx.Err() == nil {
			t.Log.Error("webhooks not told", "error", err) // the next round tries again
		}
		select {
		case d := <-t.done:
			delete(t.working, d.id)
			t.at[d.id] = d.at
		case <-w.C:
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// begin starts a worker for each webhook that is due and has none.
func (t *teller) begin(ctx context.Context) error {
	return t.Store.View(ctx, func(v *store.View) error {
		last, err := v.LastSeq()
		if err != nil {
			return err
		}
		all, err := v.Webhooks()
		if err != nil {
			return err
		}
		for _, h := range all {
			seen := max(h.At, t.at[h.ID])
			if t.working[h.ID] || !h.OffAt.IsZero() || h.TryAt.After(t.Now()) || seen >= last {
				continue
			}
			t.working[h.ID] = true
			go func() { t.done <- t.work(ctx, h, seen) }()
		}
		return nil
	})
}

// work tells one webhook of a batch of events, or up to the first that it does not take.
func (t *teller) work(ctx context.Context, h store.Webhook, seen int64) worked {
	at, err := t.tell(ctx, h, seen)
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) { // removed meanwhile
		t.Log.Error("webhook not told", "webhook", h.ID, "error", err)
	}
	return worked{id: h.ID, at: at}
}

func (t *teller) tell(ctx context.Context, h store.Webhook, seen int64) (int64, error) {
	leaves, err := t.Journal.Leaves(ctx, "", seen, batch)
	if err != nil {
		return seen, err
	}
	kept := h.At
	for _, l := range leaves {
		e, err := record.ParseLeaf(l.Bytes)
		if err != nil {
			return seen, fmt.Errorf("event %d: %w", l.Seq, err)
		}
		if topic := TopicOf(e); topic != "" && slices.Contains(h.Topics, string(topic)) {
			h, err := t.current(ctx, h.ID) // it may have been changed since
			if err != nil || !h.OffAt.IsZero() {
				return e.Seq - 1, err
			}
			taken, err := t.deliver(ctx, h, e, topic)
			if err != nil || !taken {
				return e.Seq - 1, err
			}
			kept = e.Seq
		}
		seen = e.Seq
	}
	if seen-kept >= batch { // so that a restart need not look at all of it again
		err = t.Store.Update(ctx, func(tx *store.Tx) error { return tx.WebhookAt(h.ID, kept, seen) })
	}
	return seen, err
}

func (t *teller) current(ctx context.Context, id string) (h store.Webhook, err error) {
	err = t.Store.View(ctx, func(v *store.View) error {
		h, err = v.Webhook(id)
		return err
	})
	return h, err
}

// deliver posts one event and keeps what came of it.
func (t *teller) deliver(ctx context.Context, h store.Webhook, e record.Event, topic Topic) (bool, error) {
	status, outcome := send(ctx, t.post, h, e.ID, t.Now(), Body{Type: topic, Timestamp: e.Time, Data: dataOf(e)})
	if ctx.Err() != nil {
		return false, nil // it comes again
	}
	d := store.Delivery{Webhook: h.ID, Event: e.ID, Topic: string(topic), Status: status, Outcome: string(outcome)}
	if outcome == Taken {
		return true, t.Store.Update(ctx, func(tx *store.Tx) error {
			return errors.Join(tx.AddDelivery(d), tx.WebhookAt(h.ID, h.At, e.Seq))
		})
	}
	t.Log.Warn("webhook did not take an event", "webhook", h.ID, "event", e.Seq, "status", status, "outcome", outcome)
	return false, t.failed(ctx, h, e.Seq-1, d)
}

// failed keeps a failure, and switches a webhook off that has failed for too long.
func (t *teller) failed(ctx context.Context, h store.Webhook, at int64, d store.Delivery) error {
	return t.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		if err := tx.AddDelivery(d); err != nil {
			return nil, err
		}
		if err := tx.WebhookFailed(h.ID, h.At, at, t.Now().Add(retry.Wait(firstAgain, longestAgain, h.Tries))); err != nil {
			return nil, err
		}
		if h.Failing.IsZero() || t.Now().Sub(h.Failing) < OffAfter {
			return nil, nil
		}
		now, err := tx.Webhook(h.ID)
		if err != nil || !now.OffAt.IsZero() {
			return nil, err
		}
		now.OffAt, now.Failed = tx.Now(), true
		t.Log.Error("webhook switched off: it took nothing for days", "webhook", h.ID, "since", h.Failing)
		return []record.Event{Changed(now, "failed", record.Actor{Kind: record.Broker})}, tx.UpdateWebhook(now)
	})
}

// Changed is the event of a change of a webhook.
func Changed(h store.Webhook, change string, by record.Actor) record.Event {
	data := record.WebhookChanged{Webhook: h.ID, Change: change}
	if u, err := url.Parse(h.URL); err == nil {
		data.Host = u.Host // what follows it may be a secret of the receiver's
	}
	return record.New(data, record.ByBroker, by)
}

// Body is what is posted, as JSON.
type Body struct {
	Type      Topic     `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data is the event, by its ids.
type Data struct {
	Seq     int64        `json:"seq"`
	Kind    record.Kind  `json:"kind"`
	Ticket  string       `json:"ticket,omitempty"`
	Session string       `json:"session,omitempty"`
	Actor   record.Actor `json:"actor"`
	Period  *Period      `json:"period,omitempty"` // of a report
}

// Period is what a report is of, as GET /reports takes it.
type Period struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

func dataOf(e record.Event) Data {
	d := Data{Seq: e.Seq, Kind: e.Kind, Ticket: e.Ticket, Session: e.Session, Actor: e.Actor}
	if r, is := e.Data.(record.ReportMade); is {
		d.Period = &Period{r.From, r.To}
	}
	return d
}

// Try posts a test to a webhook, once and now, and says what came of it.
func Try(ctx context.Context, h store.Webhook, by record.Actor) store.Delivery {
	p := post.New()
	defer p.Close()
	id, now := store.NewID(), time.Now()
	status, outcome := send(ctx, p, h, id, now, Body{Type: Test, Timestamp: now.UTC(), Data: Data{Actor: by}})
	return store.Delivery{Webhook: h.ID, Event: id, Topic: string(Test), At: now, Status: status, Outcome: string(outcome)}
}

func send(ctx context.Context, p *post.Client, h store.Webhook, id string, now time.Time, b Body) (int, Outcome) {
	to, err := Address(h.URL)
	if err != nil {
		return 0, Unreachable
	}
	body, err := json.Marshal(b)
	if err != nil {
		return 0, Unreachable
	}
	return outcomeOf(p.Signed(ctx, to, h.Secret, id, now, body))
}
