// Package post hands JSON to webhooks, which is all that alarms, forwarded events and
// what administrators chose have in common on their way out.
package post

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

const timeout = 10 * time.Second

// ErrAddress refuses an address that belongs to no webhook: one of the link alone, where machines of clouds are told
// their secrets, or of nobody.
var ErrAddress = errors.New("nothing is posted to this address")

// AnswerError is an answer that did not take what was posted.
type AnswerError struct{ Status int }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("webhook answered %d %s", e.Status, http.StatusText(e.Status))
}

// Client posts, and goes where it is told: it follows no redirect. The zero value does
// not work: see New.
type Client struct{ http *http.Client }

// New makes a Client.
func New() *Client {
	// A name is judged by what it leads to, each time.
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if ip := to.Addr().Unmap(); err != nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
			return ErrAddress
		}
		return nil
	}}
	return &Client{&http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// JSON posts a body with more headers. It was taken when the answer is any 2xx; the
// answer's body is not read.
func (c *Client) JSON(ctx context.Context, to *url.URL, headers map[string]string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return &AnswerError{resp.StatusCode}
	}
	return nil
}

// Signed posts what happened under an id at a time, signed as Standard Webhooks has it. For errors see JSON.
func (c *Client) Signed(ctx context.Context, to *url.URL, secret []byte, id string, at time.Time, body []byte) error {
	return c.JSON(ctx, to, map[string]string{
		"Webhook-Id": id, "Webhook-Timestamp": strconv.FormatInt(at.Unix(), 10), "Webhook-Signature": Sign(secret, id, at, body),
	}, body)
}

// Sign is the value of Webhook-Signature as Standard Webhooks has it (https://www.standardwebhooks.com): HMAC-SHA256
// over id, seconds and body, with full stops between.
func Sign(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Close ends connections that nobody uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }
