package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	mailmessage "github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"beside/broker/internal/retry"
	"beside/broker/internal/store"
)

const (
	firstAgain   = 10 * time.Second // doubles with each try
	longestAgain = time.Hour
	giveUpAfter  = 3 * 24 * time.Hour
	grace        = 2 * time.Second // to hear whether a mail was taken, when the broker stops
)

// Send sends what waits until ctx ends.
func (d *Desk) Send(ctx context.Context, s Server) error {
	w := d.Journal.Watch()
	defer w.Close()
	tick := time.NewTicker(firstAgain)
	defer tick.Stop()
	for {
		if err := d.sendDue(ctx, s, time.Now()); err != nil && ctx.Err() == nil {
			d.Log.Error("mails not sent", "error", err) // the next round tries again
		}
		select {
		case <-w.C:
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (d *Desk) sendDue(ctx context.Context, s Server, now time.Time) error {
	var due []store.Mail
	if err := d.Store.View(ctx, func(v *store.View) (err error) {
		due, err = v.MailsToSend(now, atOnce)
		return err
	}); err != nil {
		return err
	}
	for _, m := range due {
		failed := d.send(ctx, s, m)
		if failed != nil && ctx.Err() != nil {
			return nil
		}
		// What was taken is known, even when the broker stops now: it would be sent twice.
		err := d.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			if failed == nil {
				return tx.MailSent(m.ID)
			}
			return tx.MailTried(m.ID, tx.Now().Add(retry.Wait(firstAgain, longestAgain, m.Tries)), final(failed) || tx.Now().Sub(m.At) > giveUpAfter)
		})
		if failed != nil {
			d.Log.Warn("mail not sent", "mail", m.ID, "tries", m.Tries+1, "error", failed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// final reports whether a server will never take a mail (RFC 5321 §4.2.1).
func final(err error) bool {
	var answered *smtp.SMTPError
	return errors.As(err, &answered) && answered.Code/100 == 5
}

func (d *Desk) send(ctx context.Context, s Server, m store.Mail) error {
	body, err := d.write(m)
	if err != nil {
		return err
	}
	conn, local, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { _ = conn.Close() }) })
	defer stop()
	var c *smtp.Client
	if s.URL.Scheme == "smtp" && !local {
		if c, err = smtp.NewClientStartTLS(conn, s.tls()); err != nil {
			return fmt.Errorf("begin TLS: %w", err)
		}
	} else {
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = dialTimeout, time.Minute
	if s.User != "" {
		if err := c.Auth(sasl.NewPlainClient("", s.User, s.Password)); err != nil {
			return fmt.Errorf("sign in to send: %w", err)
		}
	}
	if err := c.SendMail(d.Address, []string{m.Address}, bytes.NewReader(body)); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	_ = c.Quit() // it was taken
	return nil
}

// write is a mail as it goes: plain text, in the thread of what it answers.
func (d *Desk) write(m store.Mail) ([]byte, error) {
	var h mailmessage.Header
	h.SetDate(m.At)
	h.SetAddressList("From", []*mailmessage.Address{{Name: d.Organisation, Address: d.Address}})
	h.SetAddressList("To", []*mailmessage.Address{{Name: line(m.Name), Address: m.Address}})
	h.SetSubject(line(m.Subject))
	h.SetMessageID(m.MessageID)
	if m.Answers != "" {
		h.SetMsgIDList("In-Reply-To", []string{m.Answers})
		h.SetMsgIDList("References", []string{m.Answers})
	}
	if m.Automatic { // so that no other machine answers (RFC 3834 §5)
		h.Set("Auto-Submitted", "auto-replied")
		h.Set("X-Auto-Response-Suppress", "All")
	}
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	var out bytes.Buffer
	w, err := mailmessage.CreateSingleInlineWriter(&out, h)
	if err == nil {
		_, err = w.Write([]byte(m.Text + "\n"))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	return out.Bytes(), nil
}
