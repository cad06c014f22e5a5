package store

import (
	"fmt"
	"strings"
	"time"
)

// KeptDeliveries is how many of the last deliveries to a webhook are kept.
const KeptDeliveries = 20

// Webhook is an address that is told what happens.
type Webhook struct {
	ID, URL string
	Topics  []string
	Secret  []byte
	MadeAt  time.Time
	OffAt   time.Time // zero: it is on
	Failed  bool      // it is off because it failed for too long
	At      int64     // the last event that was told or passed over
	Tries   int       // of the next one, so far
	Failing time.Time // since when it has failed without a break; zero: it does not
	TryAt   time.Time // not before
}

// Delivery is one try to tell a webhook.
type Delivery struct {
	ID, Webhook string
	Event       string // the id that the receiver was told
	Topic       string
	At          time.Time
	Status      int // of the answer; 0: there was none
	Outcome     string
}

const webhookColumns = `id, url, topics, secret, made_at, off_at, failed, at, tries, failing, try_at`

func (w *Webhook) scan(s scanner) error {
	var topics string
	err := s.Scan(&w.ID, &w.URL, &topics, binary{&w.Secret}, instant{&w.MadeAt}, instant{&w.OffAt}, &w.Failed,
		&w.At, &w.Tries, instant{&w.Failing}, instant{&w.TryAt})
	w.Topics = strings.Fields(topics)
	return err
}

// Webhooks lists all, in the order in which they were made.
func (v *View) Webhooks() (all []Webhook, err error) {
	err = v.rows("webhooks", func(s scanner) error {
		var w Webhook
		err := w.scan(s)
		all = append(all, w)
		return err
	}, `SELECT `+webhookColumns+` FROM webhook ORDER BY made_at, id`)
	return all, err
}

// Webhook reads one.
func (v *View) Webhook(id string) (w Webhook, err error) {
	return w, v.row("webhook", w.scan, `SELECT `+webhookColumns+` FROM webhook WHERE id = $1`, id)
}

// InsertWebhook adds one. It is told what happens from now on.
func (t *Tx) InsertWebhook(w Webhook) (Webhook, error) {
	last, err := t.LastSeq()
	if err != nil {
		return w, err
	}
	w.ID, w.MadeAt, w.At = NewID(), t.now, last
	_, err = t.audited("add webhook", `INSERT INTO webhook (id, url, topics, secret, made_at, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		w.ID, w.URL, strings.Join(w.Topics, " "), encode(w.Secret), millis(w.MadeAt), w.At)
	return w, err
}

// UpdateWebhook keeps what an administrator can change, and how far it is.
func (t *Tx) UpdateWebhook(w Webhook) error {
	_, err := t.audited("change webhook", `UPDATE webhook SET url = $2, topics = $3, off_at = $4, failed = $5, at = $6,
		tries = $7, failing = $8, try_at = $9 WHERE id = $1`, w.ID, w.URL, strings.Join(w.Topics, " "), millis(w.OffAt),
		w.Failed, w.At, w.Tries, millis(w.Failing), millis(w.TryAt))
	return err
}

// DeleteWebhook reports false when there is none.
func (t *Tx) DeleteWebhook(id string) (bool, error) {
	return t.audited("remove webhook", `DELETE FROM webhook WHERE id = $1`, id)
}

// WebhookAt keeps how far one is that works, and that it does. It changes nothing of one that was switched off or
// moved meanwhile: from is where it was.
func (t *Tx) WebhookAt(id string, from, at int64) error {
	_, err := t.exec(`UPDATE webhook SET at = $3, tries = 0, failing = 0, try_at = 0 WHERE id = $1 AND at = $2 AND off_at = 0`, id, from, at)
	return err
}

// WebhookFailed keeps that the event after at was not taken, and when to try again.
func (t *Tx) WebhookFailed(id string, from, at int64, again time.Time) error {
	_, err := t.exec(`UPDATE webhook SET at = $3, tries = CASE WHEN at = $3 THEN tries + 1 ELSE 1 END,
		failing = CASE WHEN at = $3 AND failing <> 0 THEN failing ELSE $5 END, try_at = $4
		WHERE id = $1 AND at = $2 AND off_at = 0`, id, from, at, millis(again), millis(t.now))
	return err
}

// AddDelivery keeps what came of one, and forgets the oldest.
func (t *Tx) AddDelivery(d Delivery) error {
	if _, err := t.exec(`INSERT INTO webhook_delivery (id, webhook, event, topic, at, status, outcome)
		SELECT $1, id, $3, $4, $5, $6, $7 FROM webhook WHERE id = $2`, // it may have been removed meanwhile
		NewID(), d.Webhook, d.Event, d.Topic, millis(t.now), d.Status, d.Outcome); err != nil {
		return fmt.Errorf("keep delivery: %w", err)
	}
	_, err := t.exec(`DELETE FROM webhook_delivery WHERE webhook = $1 AND id NOT IN
		(SELECT id FROM webhook_delivery WHERE webhook = $1 ORDER BY at DESC, rowid DESC LIMIT $2)`, d.Webhook, KeptDeliveries)
	return err
}

// Deliveries lists the last ones to a webhook, the newest first.
func (v *View) Deliveries(webhook string) (all []Delivery, err error) {
	err = v.rows("deliveries", func(s scanner) error {
		var d Delivery
		err := s.Scan(&d.ID, &d.Webhook, &d.Event, &d.Topic, instant{&d.At}, &d.Status, &d.Outcome)
		all = append(all, d)
		return err
	}, `SELECT id, webhook, event, topic, at, status, outcome FROM webhook_delivery WHERE webhook = $1
		ORDER BY at DESC, rowid DESC`, webhook)
	return all, err
}
