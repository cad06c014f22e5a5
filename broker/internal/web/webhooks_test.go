package web_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/post"
	"beside/broker/internal/web"
)

type webhooksAnswer struct {
	Webhooks []web.Webhook
	Topics   []string
	Secret   string
}

// An administrator adds an address, is shown its secret once, tests it, and switches it off and on.
func TestWebhooksByHand(t *testing.T) {
	h := newHarness(t)
	boss := h.administrator()
	signed := make(chan bool, 1)
	var secret []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		at, err := strconv.ParseInt(r.Header.Get("Webhook-Timestamp"), 10, 64)
		signed <- err == nil && r.Header.Get("Webhook-Signature") == post.Sign(secret, r.Header.Get("Webhook-Id"), time.Unix(at, 0), body)
	}))
	defer receiver.Close()

	var got webhooksAnswer
	for _, bad := range []map[string]any{
		{"url": "http://example.org/", "topics": []string{"alarm.raised"}},
		{"url": receiver.URL, "topics": []string{}},
		{"url": receiver.URL, "topics": []string{"webhook.test"}},
	} {
		boss.want(http.StatusUnprocessableEntity, "POST", "/api/v1/webhooks", bad, nil)
	}
	boss.want(http.StatusOK, "POST", "/api/v1/webhooks", map[string]any{"url": receiver.URL + "/x", "topics": []string{"session.ended", "alarm.raised", "alarm.raised"}}, &got)
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(got.Secret, "whsec_"))
	h.must(err)
	if len(got.Webhooks) != 1 || len(secret) != 32 || len(got.Webhooks[0].Topics) != 2 || !got.Webhooks[0].On {
		t.Fatalf("added %+v", got)
	}
	path := "/api/v1/webhooks/" + got.Webhooks[0].ID
	got = webhooksAnswer{}
	boss.want(http.StatusOK, "GET", "/api/v1/webhooks", nil, &got)
	if got.Secret != "" {
		t.Error("the secret is shown again")
	}
	boss.want(http.StatusOK, "POST", path+"/test", nil, &got)
	if !<-signed || len(got.Webhooks[0].Deliveries) != 1 || got.Webhooks[0].Deliveries[0].Outcome != "taken" {
		t.Errorf("the test was not signed or not taken: %+v", got.Webhooks[0].Deliveries)
	}
	change := map[string]any{"url": receiver.URL + "/y", "topics": []string{"alarm.raised"}, "on": false}
	boss.want(http.StatusOK, "PUT", path, change, &got)
	if w := got.Webhooks[0]; w.On || !strings.HasSuffix(w.URL, "/y") {
		t.Errorf("changed to %+v", w)
	}
	change["on"] = true
	boss.want(http.StatusOK, "PUT", path, change, &got)
	boss.want(http.StatusOK, "DELETE", path, nil, &got)
	boss.want(http.StatusNotFound, "DELETE", path, nil, nil)
	if len(got.Webhooks) != 0 {
		t.Errorf("still there: %+v", got.Webhooks)
	}
	events := h.dump()
	for _, change := range []string{"added", "tested", "changed", "off", "on", "removed"} {
		if !strings.Contains(events, `"change":"`+change+`"`) {
			t.Errorf("no event says %q", change)
		}
	}
}
