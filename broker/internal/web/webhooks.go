package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/webhook"
	"beside/signaling/record"
)

// maxWebhooks bounds how many addresses are told.
const maxWebhooks = 20

// Webhook is an address that is told what happens.
type Webhook struct {
	ID         string          `json:"id"`
	URL        string          `json:"url"`
	Topics     []string        `json:"topics" nullable:"false"`
	MadeAt     time.Time       `json:"madeAt"`
	On         bool            `json:"on"`
	Failed     bool            `json:"failed" doc:"It was switched off because it took nothing for three days"`
	Tries      int             `json:"tries" doc:"Of the event that waits, so far"`
	TryAt      *time.Time      `json:"tryAt,omitempty" doc:"When it is tried again"`
	Deliveries []WebhookResult `json:"deliveries" nullable:"false" doc:"The last 20, the newest first"`
}

// WebhookResult is one try to tell a webhook.
type WebhookResult struct {
	ID      string          `json:"id"`
	Event   string          `json:"event" doc:"The header Webhook-Id"`
	Topic   string          `json:"topic"`
	At      time.Time       `json:"at"`
	Status  int             `json:"status" doc:"Of the answer that did not take it; 0: it was taken, or nobody answered"`
	Outcome webhook.Outcome `json:"outcome" enum:"taken,refused,certificate,timeout,forbidden,unreachable"`
}

// WebhookFields are what an administrator sets.
type WebhookFields struct {
	URL    string   `json:"url" doc:"https, or http on the broker's own machine"`
	Topics []string `json:"topics" maxItems:"20"`
}

type (
	webhooksOutput struct {
		Body struct {
			Webhooks []Webhook `json:"webhooks" nullable:"false" doc:"In the order in which they were made"`
			Topics   []string  `json:"topics" nullable:"false" doc:"What can be chosen"`
			Secret   string    `json:"secret,omitempty" doc:"Of the one that was added, this once: it checks the signatures"`
		}
	}
	newWebhookInput struct{ Body WebhookFields }
	webhookInput    struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			WebhookFields
			On bool `json:"on" doc:"What happened while it was off is not told"`
		}
	}
	webhookIDInput struct {
		ID string `path:"id" maxLength:"64"`
	}
)

func (s *Server) registerWebhooks(api huma.API) {
	register(api, operation(http.MethodGet, "/webhooks", "listWebhooks", "Addresses that are told what happens"), s.listWebhooks)
	register(api, operation(http.MethodPost, "/webhooks", "addWebhook", "Add an address"), s.addWebhook)
	register(api, operation(http.MethodPut, "/webhooks/{id}", "changeWebhook", "Change an address, switch it on or off"), s.changeWebhook)
	register(api, operation(http.MethodDelete, "/webhooks/{id}", "removeWebhook", "Remove an address"), s.removeWebhook)
	register(api, operation(http.MethodPost, "/webhooks/{id}/test", "testWebhook", "Post a test, once and now"), s.testWebhook)
}

func (s *Server) listWebhooks(ctx context.Context, _ *struct{}) (*webhooksOutput, error) {
	out := &webhooksOutput{}
	return out, s.deps.Store.View(ctx, out.read)
}

func (out *webhooksOutput) read(v *store.View) error {
	for _, t := range webhook.Topics() {
		out.Body.Topics = append(out.Body.Topics, string(t))
	}
	all, err := v.Webhooks()
	if err != nil {
		return err
	}
	out.Body.Webhooks = make([]Webhook, len(all))
	for i, h := range all {
		out.Body.Webhooks[i] = Webhook{
			ID: h.ID, URL: h.URL, Topics: h.Topics, MadeAt: h.MadeAt, On: h.OffAt.IsZero(), Failed: h.Failed,
			Tries: h.Tries, TryAt: when(h.TryAt), Deliveries: []WebhookResult{},
		}
		done, err := v.Deliveries(h.ID)
		if err != nil {
			return err
		}
		for _, d := range done {
			out.Body.Webhooks[i].Deliveries = append(out.Body.Webhooks[i].Deliveries,
				WebhookResult{ID: d.ID, Event: d.Event, Topic: d.Topic, At: d.At, Status: d.Status, Outcome: webhook.Outcome(d.Outcome)})
		}
	}
	return nil
}

// checked are fields that keep the rules; topics are in the order of their list, each once.
func (f WebhookFields) checked() (url string, topics []string, err error) {
	to, err := webhook.Address(f.URL)
	if err != nil {
		return "", nil, err
	}
	for _, t := range webhook.Topics() {
		if slices.Contains(f.Topics, string(t)) {
			topics = append(topics, string(t))
		}
	}
	for _, t := range f.Topics {
		if !slices.Contains(topics, t) {
			return "", nil, &desk.Problem{Field: "topics", Text: "must be of those that can be chosen"}
		}
	}
	if len(topics) == 0 {
		return "", nil, &desk.Problem{Field: "topics", Text: "must be at least one"}
	}
	return to.String(), topics, nil
}

func (s *Server) addWebhook(ctx context.Context, in *newWebhookInput) (*webhooksOutput, error) {
	url, topics, err := in.Body.checked()
	if err != nil {
		return nil, err
	}
	secret := make([]byte, 32)
	rand.Read(secret) //nolint:errcheck // never fails, crypto/rand
	out := &webhooksOutput{}
	out.Body.Secret = webhook.SecretText(secret)
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		all, err := tx.Webhooks()
		if err != nil {
			return nil, err
		}
		if len(all) >= maxWebhooks {
			return nil, &desk.Problem{Field: "url", Text: fmt.Sprintf("there are %d addresses; remove one first", len(all))}
		}
		h, err := tx.InsertWebhook(store.Webhook{URL: url, Topics: topics, Secret: secret})
		return []record.Event{webhook.Changed(h, "added", by)}, err
	}, out.read)
}

func (s *Server) changeWebhook(ctx context.Context, in *webhookInput) (*webhooksOutput, error) {
	url, topics, err := in.Body.checked()
	if err != nil {
		return nil, err
	}
	out := &webhooksOutput{}
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) (events []record.Event, err error) {
		h, err := tx.Webhook(in.ID)
		if err != nil {
			return nil, err
		}
		if h.URL != url || !slices.Equal(h.Topics, topics) {
			h.URL, h.Topics = url, topics
			h.Tries, h.Failing, h.TryAt = 0, time.Time{}, time.Time{} // what waits is tried at once
			events = append(events, webhook.Changed(h, "changed", by))
		}
		switch on := h.OffAt.IsZero(); {
		case on && !in.Body.On:
			h.OffAt = tx.Now()
			events = append(events, webhook.Changed(h, "off", by))
		case !on && in.Body.On:
			h.OffAt, h.Failed, h.Tries, h.Failing, h.TryAt = time.Time{}, false, 0, time.Time{}, time.Time{}
			if h.At, err = tx.LastSeq(); err != nil {
				return nil, err
			}
			events = append(events, webhook.Changed(h, "on", by))
		}
		if len(events) == 0 {
			return nil, nil
		}
		return events, tx.UpdateWebhook(h)
	}, out.read)
}

func (s *Server) removeWebhook(ctx context.Context, in *webhookIDInput) (*webhooksOutput, error) {
	out := &webhooksOutput{}
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		h, err := tx.Webhook(in.ID)
		if err != nil {
			return nil, err
		}
		_, err = tx.DeleteWebhook(in.ID)
		return []record.Event{webhook.Changed(h, "removed", by)}, err
	}, out.read)
}

func (s *Server) testWebhook(ctx context.Context, in *webhookIDInput) (*webhooksOutput, error) {
	var h store.Webhook
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		h, err = v.Webhook(in.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	d := webhook.Try(ctx, h, auth.Actor(auth.Caller(ctx).Technician))
	out := &webhooksOutput{}
	return out, s.change(ctx, func(tx *store.Tx, by record.Actor) ([]record.Event, error) {
		return []record.Event{webhook.Changed(h, "tested", by)}, tx.AddDelivery(d)
	}, out.read)
}
