// Package alarm tells a second person, outside of the desk, that a requester
// said "This feels wrong": it posts each alarm to one webhook until that takes
// it. What is still to be told stands in the database, so that nothing is lost
// when the broker stops. It names ids and no person: whoever is told signs in to
// read more.
package alarm

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/post"
	"beside/broker/internal/retry"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Header carries "t=<Unix seconds>,v1=<hex>": HMAC-SHA256 under the webhook's
// secret over the seconds, a full stop, and the body. A receiver refuses what is
// minutes old.
const Header = "Beside-Signature"

const (
	lookEvery    = time.Second
	firstAgain   = 2 * time.Second // doubles with each try
	longestAgain = 10 * time.Minute
	atOnce       = 20 // alarms that are told in one round
)

// Body is what is posted, as JSON.
type Body struct {
	Type       string    `json:"type"` // "alarm.raised"
	Session    string    `json:"session"`
	Ticket     string    `json:"ticket"`
	Technician string    `json:"technician"` // the account's id
	RaisedAt   time.Time `json:"raisedAt"`
	URL        string    `json:"url"` // the session's page on the desk
}

// Config says whom to tell.
type Config struct {
	Webhook *url.URL // https, or http on this machine
	Secret  []byte
	Desk    string // the broker's public address
	Store   *store.Store
	Journal *journal.Journal
	Log     *slog.Logger
}

// Run tells of every alarm until ctx ends.
func Run(ctx context.Context, c Config) error {
	t := &teller{Config: c, post: post.New()}
	defer t.post.Close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := t.round(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("alarms not told", "error", err) // the next round tries again
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

type teller struct {
	Config
	post *post.Client
}

// round tells of what is due.
func (t *teller) round(ctx context.Context) error {
	var due []store.Alarm
	err := t.Store.View(ctx, func(v *store.View) (err error) {
		due, err = v.UntoldAlarms(time.Now(), atOnce)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range due {
		failed := t.send(ctx, a)
		if ctx.Err() != nil {
			return nil
		}
		if err := t.note(ctx, a, failed); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) note(ctx context.Context, a store.Alarm, failed error) error {
	if failed != nil {
		t.Log.Warn("webhook did not take an alarm", "session", a.Session, "tries", a.Tries+1, "error", failed)
		return t.Store.Update(ctx, func(tx *store.Tx) error {
			return tx.AlarmTried(a.Session, tx.Now().Add(retry.Wait(firstAgain, longestAgain, a.Tries)))
		})
	}
	return t.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		e := record.New(record.AlarmTold{To: t.Webhook.Host, Tries: a.Tries + 1}, record.ByBroker, record.Actor{Kind: record.Broker})
		e.Session, e.Ticket = a.Session, a.Ticket
		return []record.Event{e}, tx.AlarmTold(a.Session)
	})
}

func (t *teller) send(ctx context.Context, a store.Alarm) error {
	body, err := json.Marshal(Body{
		Type: "alarm.raised", Session: a.Session, Ticket: a.Ticket, Technician: a.Technician, RaisedAt: a.RaisedAt,
		URL: t.Desk + "/sessions/" + a.Session,
	})
	if err != nil {
		return fmt.Errorf("encode alarm: %w", err)
	}
	return t.post.JSON(ctx, t.Webhook, map[string]string{Header: Sign(t.Secret, time.Now(), body)}, body)
}

// Sign is the value of Header for a body that is sent at a time.
func Sign(secret []byte, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
