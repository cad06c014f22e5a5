// Package post hands JSON to webhooks, which is all that alarms and forwarded events
// have in common on their way out.
package post

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const timeout = 10 * time.Second

// Client posts, and goes where it is told: it follows no redirect. The zero value does
// not work: see New.
type Client struct{ http *http.Client }

// New makes a Client.
func New() *Client {
	return &Client{&http.Client{
		Timeout:       timeout,
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
		return fmt.Errorf("webhook answered %s", resp.Status)
	}
	return nil
}

// Close ends connections that nobody uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }
