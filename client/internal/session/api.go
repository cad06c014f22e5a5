package session

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/websocket"

	"beside/client/internal/recording"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/invite"
)

const (
	callTimeout   = 10 * time.Second
	maxReplyBytes = 64 << 10
)

// api is the part of the broker's REST interface that a client uses.
type api struct {
	broker *url.URL
	tls    *tls.Config // of the sockets; the requests have a copy
	http   *http.Client
	key    ed25519.PrivateKey
	pub    ed25519.PublicKey
	clock  brokerClock
}

func newAPI(broker *url.URL, trust *tls.Config, key ed25519.PrivateKey, pub ed25519.PublicKey) *api {
	transport := &http.Transport{
		// A Transport writes into its configuration that it speaks HTTP/2, over
		// which no websocket opens.
		TLSClientConfig: trust.Clone(), Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: callTimeout, ResponseHeaderTimeout: callTimeout, IdleConnTimeout: time.Minute,
	}
	return &api{
		broker: broker, tls: trust, key: key, pub: pub,
		http: &http.Client{
			Transport: transport, Timeout: callTimeout,
			// Where to connect stands in the configuration, and nowhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func (a *api) close() { a.http.CloseIdleConnections() }

// dialer opens websockets with the same trust.
func (a *api) dialer() *websocket.Dialer {
	return &websocket.Dialer{TLSClientConfig: a.tls, Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTimeout}
}

// issuer is the name under which this broker signs its tokens.
func (a *api) issuer() string { return a.broker.Scheme + "://" + a.broker.Host }

// refusal is an answer of the broker that says no for good.
type refusal struct {
	Status int    `json:"-"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (r *refusal) Error() string { return fmt.Sprintf("broker refused: %d %s", r.Status, r.Code) }

// asRefusal returns the refusal in err, or nil: then trying again may help.
func asRefusal(err error) *refusal {
	var r *refusal
	errors.As(err, &r)
	return r
}

// joined is the answer to a redeem.
type joined struct {
	Session      string       `json:"session"`
	Invitation   string       `json:"invitation"`
	Token        string       `json:"token"`
	Keys         grant.JWKSet `json:"keys"`
	Organisation string       `json:"organisation"`
	Technician   string       `json:"technician"`
	Signaling    string       `json:"signaling"`
	// Recording is off, allowed or required; Auditors the list of who can open
	// recordings (signaling/auditors), if there is one.
	Recording string          `json:"recording"`
	Auditors  json.RawMessage `json:"auditors"`
}

// redeem spends the invitation for this process's key. The same key may do so
// again, after a lost reply.
func (a *api) redeem(ctx context.Context, secret invite.Secret, spoken bool, system System, version string) (*joined, error) {
	join := secret.Join()
	var out joined
	err := a.call(ctx, http.MethodPost, "/api/v1/redeem", struct {
		Join    string `json:"join"`
		Spoken  bool   `json:"spoken,omitempty"`
		Key     string `json:"key"`
		Proof   string `json:"proof"`
		System  System `json:"system"`
		Version string `json:"version"`
	}{
		encode(join[:]), spoken, encode(a.pub), encode(ed25519.Sign(a.key, grant.RedeemStatement(join, a.pub))), system, version,
	}, &out)
	if err == nil && (out.Session == "" || out.Token == "" || out.Signaling == "") {
		return nil, errors.New("redeem: the broker's answer is not complete")
	}
	return &out, err
}

// unable tells the technician why this machine cannot be shown; it proves the
// link by its page value and spends nothing.
func (a *api) unable(ctx context.Context, secret invite.Secret, spoken bool, code control.NoticeCode) error {
	page := secret.Page()
	return a.call(ctx, http.MethodPost, "/api/v1/invitations/unable", struct {
		Page   string             `json:"page"`
		Spoken bool               `json:"spoken,omitempty"`
		Code   control.NoticeCode `json:"code"`
	}{encode(page[:]), spoken, code}, nil)
}

// ticket opens one socket.
type ticket struct {
	Token     string       `json:"token"`
	Keys      grant.JWKSet `json:"keys"`
	Signaling string       `json:"signaling"`
}

// token gets a fresh join token by a signature of the session key. The signature
// names the time, and a computer's clock may have been set meanwhile: a refusal
// says what time it is, so that the second try is right.
func (a *api) token(ctx context.Context, session string) (*ticket, error) {
	out, err := a.tryToken(ctx, session)
	if no := asRefusal(err); no != nil && no.Code == "proof_refused" {
		out, err = a.tryToken(ctx, session)
	}
	return out, err
}

func (a *api) tryToken(ctx context.Context, session string) (*ticket, error) {
	now := a.clock.now().UTC().Truncate(time.Second)
	var out ticket
	err := a.call(ctx, http.MethodPost, "/api/v1/sessions/"+url.PathEscape(session)+"/token", struct {
		Role  grant.Role `json:"role"`
		Key   string     `json:"key"`
		Time  string     `json:"time"`
		Proof string     `json:"proof"`
	}{
		grant.Client, encode(a.pub), now.Format(time.RFC3339),
		encode(ed25519.Sign(a.key, grant.TokenStatement(grant.Client, session, now))),
	}, &out)
	if err == nil && (out.Token == "" || out.Signaling == "") {
		return nil, errors.New("token: the broker's answer is not complete")
	}
	return &out, err
}

// signingKeys reads the keys that sign tokens.
func (a *api) signingKeys(ctx context.Context) (out grant.JWKSet, err error) {
	err = a.call(ctx, http.MethodGet, "/.well-known/jwks.json", nil, &out)
	return out, err
}

// call sends one request. A *refusal is the broker's last word; any other error
// may pass.
func (a *api) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.issuer()+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return fmt.Errorf("call broker: %w", err)
	}
	defer resp.Body.Close()
	a.clock.read(resp.Header)
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReplyBytes))
	if err != nil {
		return fmt.Errorf("read the broker's answer: %w", err)
	}
	if resp.StatusCode == http.StatusNoContent && out == nil {
		return nil
	}
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusCreated {
		if err := json.Unmarshal(raw, out); err != nil {
			return errors.New("the broker's answer is malformed")
		}
		return nil
	}
	return answered(resp, raw)
}

// answered is what an answer means that is no success.
func answered(resp *http.Response, raw []byte) error {
	switch {
	case resp.StatusCode >= 500, resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusRequestTimeout:
		return fmt.Errorf("broker answered %s", resp.Status)
	}
	r := &refusal{Status: resp.StatusCode}
	_ = json.Unmarshal(raw, r) // a refusal without a code is one too
	return r
}

// putTimeout is how long a part of a recording may take on a slow link.
const putTimeout = 2 * time.Minute

// put sends a part of a recording.
func (a *api) put(ctx context.Context, path string, body, proof []byte) error {
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, a.issuer()+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Beside-Proof", encode(proof))
	patient := *a.http
	patient.Timeout = putTimeout
	resp, err := patient.Do(req)
	if err != nil {
		return fmt.Errorf("call broker: %w", err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReplyBytes))
	switch {
	case err != nil:
		return fmt.Errorf("read the broker's answer: %w", err)
	case resp.StatusCode == http.StatusNoContent:
		return nil
	}
	err = answered(resp, raw)
	// The broker may not have heard yet that there is a recording: the statement and
	// its chunks go different ways.
	if no := asRefusal(err); no != nil && no.Code != "recording_unknown" {
		return fmt.Errorf("%w: %w", recording.ErrRefused, err)
	}
	return err
}

// socketURL checks where the broker wants its socket opened: on itself, and as
// safely as everything else.
func (a *api) socketURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the broker's signaling address is malformed")
	}
	want := map[string]string{"https": "wss", "http": "ws"}[a.broker.Scheme]
	if u.Scheme != want || u.Host != a.broker.Host || u.User != nil {
		return nil, errors.New("the broker's signaling address is not its own")
	}
	return u, nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
