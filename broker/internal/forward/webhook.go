package forward

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"beside/broker/internal/post"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Webhook posts events one by one, signed as Standard Webhooks has it
// (https://www.standardwebhooks.com). Personal data stays here: a body names ids.
type Webhook struct {
	to     *url.URL
	secret []byte
	kinds  []string
	post   *post.Client
}

// NewWebhook makes one: to is https, or http on this machine; kinds are beginnings of
// kinds of events, none: all.
func NewWebhook(to *url.URL, secret []byte, kinds []string) *Webhook {
	return &Webhook{to: to, secret: secret, kinds: kinds, post: post.New()}
}

// Body is what is posted, as JSON.
type Body struct {
	Type      record.Kind `json:"type"`
	Timestamp time.Time   `json:"timestamp"`
	Data      BodyEvent   `json:"data"`
}

// BodyEvent is the event.
type BodyEvent struct {
	Seq      int64           `json:"seq"`
	Outcome  record.Outcome  `json:"outcome"`
	Reporter record.Reporter `json:"reporter"`
	Actor    record.Actor    `json:"actor"`
	Session  string          `json:"session,omitempty"`
	Ticket   string          `json:"ticket,omitempty"`
	Data     record.Data     `json:"data"`
}

// Send implements Sink.
func (h *Webhook) Send(ctx context.Context, l store.Leaf) error {
	e, err := record.ParseLeaf(l.Bytes)
	if err != nil {
		return fmt.Errorf("event %d: %w", l.Seq, err)
	}
	if len(h.kinds) > 0 && !slices.ContainsFunc(h.kinds, func(k string) bool { return strings.HasPrefix(string(e.Kind), k) }) {
		return nil
	}
	body, err := json.Marshal(Body{e.Kind, e.Time, BodyEvent{e.Seq, e.Outcome, e.Reporter, e.Actor, e.Session, e.Ticket, e.Data}})
	if err != nil {
		return fmt.Errorf("encode event %d: %w", e.Seq, err)
	}
	return h.post.Signed(ctx, h.to, h.secret, e.ID, time.Now(), body)
}

// Notify implements Sink: between two events nothing is open that matters.
func (h *Webhook) Notify(func()) {}

// Uncertain implements Sink: an answer tells.
func (h *Webhook) Uncertain() int64 { return 0 }

// Close implements Sink.
func (h *Webhook) Close() { h.post.Close() }
