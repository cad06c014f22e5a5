package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"beside/broker/internal/desk"
)

func TestSignInLinkIsSpentOnce(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.Technician)
	link := h.link(ada)
	b := h.stranger()
	first := b.do("POST", "/api/v1/sign-in", map[string]string{"secret": link}, nil)
	if first.status != http.StatusOK {
		t.Fatalf("first use = %d %s, want 200", first.status, first.body)
	}
	if again := b.do("POST", "/api/v1/sign-in", map[string]string{"secret": link}, nil); again.status != http.StatusUnauthorized || again.code() != "link_spent" {
		t.Errorf("second use = %d %s, want 401 link_spent", again.status, again.body)
	}
	late := h.link(ada)
	h.sql(`UPDATE signin_link SET expires_at = ? WHERE spent_at = 0`, time.Now().Add(-time.Second).UnixMilli())
	if res := b.do("POST", "/api/v1/sign-in", map[string]string{"secret": late}, nil); res.code() != "link_spent" {
		t.Errorf("expired link = %d %s, want link_spent", res.status, res.body)
	}
	events := h.dump()
	for _, kind := range []string{"signin.link_made", "signin.done", "signin.refused"} {
		if !strings.Contains(events, "audit_event.kind="+kind) {
			t.Errorf("no event %s", kind)
		}
	}
}

func TestCookie(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.Technician)
	b := h.stranger()
	plain := b.do("POST", "/api/v1/sign-in", map[string]string{"secret": h.link(ada)}, nil).cookies[0]
	if plain.Name != "beside" || plain.Secure || !plain.HttpOnly || plain.SameSite != http.SameSiteStrictMode || plain.Path != "/" || plain.Domain != "" {
		t.Errorf("cookie over http = %+v", plain)
	}
	// A forged __Host- cookie over http is not looked at, nor a plain one over https.
	if res := b.do("GET", "/api/v1/me", nil, map[string]string{"Cookie": "__Host-beside=" + plain.Value}); res.status != http.StatusUnauthorized {
		t.Errorf("__Host- cookie over http = %d, want 401", res.status)
	}
	for name, age := range map[string]string{
		"idle": `UPDATE cookie_session SET seen_at = seen_at - 3600000`,
		"old":  `UPDATE cookie_session SET created_at = created_at - 12 * 3600000`,
	} {
		who := h.enter(ada)
		who.want(http.StatusOK, "GET", "/api/v1/me", nil, nil)
		h.sql(age)
		who.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
		t.Log(name, "is out")
	}
}

// An hour without a sign of life ends a cookie; being used keeps it.
func TestCookieRolls(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	for range 3 {
		h.sql(`UPDATE cookie_session SET seen_at = seen_at - 50 * 60000`)
		who.want(http.StatusOK, "GET", "/api/v1/me", nil, nil)
	}
}

func TestSignOut(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	res := who.do("POST", "/api/v1/sign-out", nil, nil)
	if res.status != http.StatusNoContent || len(res.cookies) != 1 || res.cookies[0].MaxAge >= 0 {
		t.Errorf("sign out = %d %+v, want 204 and a deleted cookie", res.status, res.cookies)
	}
	who.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
	who.want(http.StatusUnauthorized, "POST", "/api/v1/sign-out", nil, nil)
}

func TestSignInIsThrottled(t *testing.T) {
	h := newHarness(t)
	b := h.stranger()
	for range 200 {
		res := b.do("POST", "/api/v1/sign-in", map[string]string{"secret": "wrong"}, nil)
		if res.status == http.StatusTooManyRequests {
			if res.header.Get("Retry-After") == "" || res.code() != "too_many" {
				t.Errorf("throttled = %v %s, want Retry-After and too_many", res.header, res.body)
			}
			return
		}
	}
	t.Error("200 wrong secrets in a row were all looked at")
}

func TestRoles(t *testing.T) {
	h := newHarness(t)
	callers := map[string]*browser{
		"nobody":        h.stranger(),
		"technician":    h.signIn("t@example.org", desk.Technician),
		"auditor":       h.signIn("a@example.org", desk.Auditor),
		"administrator": h.signIn("m@example.org", desk.Administrator),
	}
	ticket := callers["technician"].ticket()
	inv := callers["technician"].invite(ticket.ID)
	text := map[string]string{"text": "x"}
	fresh := map[string]string{"subject": "x", "requester": "y", "impact": "low", "urgency": "low"}
	hashes := map[string]string{"joinHash": b64(make([]byte, 32)), "pageHash": b64(make([]byte, 32))}
	for _, tc := range []struct {
		method, path string
		body         any
		allowed      string // the roles; others get 403, nobody 401
	}{
		{"GET", "/me", nil, "technician auditor administrator"},
		{"GET", "/tickets", nil, "technician administrator"},
		{"POST", "/tickets", fresh, "technician administrator"},
		{"GET", "/tickets/" + ticket.ID, nil, "technician administrator"},
		{"PATCH", "/tickets/" + ticket.ID, map[string]string{"subject": "z"}, "technician administrator"},
		{"POST", "/tickets/" + ticket.ID + "/notes", text, "technician administrator"},
		{"POST", "/tickets/" + ticket.ID + "/invitations", hashes, "technician"},
		{"GET", "/invitations/" + inv.Invitation.ID, nil, "technician"},
		{"POST", "/invitations/" + inv.Invitation.ID + "/revoke", nil, "technician"},
		{"GET", "/sessions", nil, "technician auditor administrator"},
		{"GET", "/sessions/" + inv.Session.ID, nil, "technician auditor administrator"},
		{"GET", "/sessions/" + inv.Session.ID + "/events", nil, "technician auditor administrator"},
		{"GET", "/events", nil, "auditor administrator"},
		{"GET", "/alarms", nil, "auditor administrator"},
		{"POST", "/alarms/" + inv.Session.ID + "/seen", nil, "administrator"},
	} {
		for name, caller := range callers {
			res := caller.do(tc.method, "/api/v1"+tc.path, tc.body, nil)
			allowed := strings.Contains(tc.allowed, name)
			switch {
			case name == "nobody" && (res.status != http.StatusUnauthorized || res.code() != "signed_out"),
				name != "nobody" && !allowed && (res.status != http.StatusForbidden || res.code() != "role_missing"),
				allowed && res.status >= 300:
				t.Errorf("%s %s as %s = %d %s", tc.method, tc.path, name, res.status, res.body)
			}
		}
	}
}

func TestOtherSitesMayChangeNothing(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	own := h.server.URL
	for _, tc := range []struct {
		name   string
		header map[string]string
		want   int
	}{
		{"no browser", nil, http.StatusCreated},
		{"own page", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": own}, http.StatusCreated},
		{"old browser, own page", map[string]string{"Origin": own}, http.StatusCreated},
		{"typed address", map[string]string{"Sec-Fetch-Site": "none"}, http.StatusCreated},
		{"other site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, http.StatusForbidden},
		{"other port", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, http.StatusForbidden},
		{"old browser, other site", map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		{"null origin", map[string]string{"Origin": "null"}, http.StatusForbidden},
		{"suffix", map[string]string{"Origin": own + ".evil.example"}, http.StatusForbidden},
		{"user in it", map[string]string{"Origin": "http://" + strings.TrimPrefix(own, "http://") + "@evil.example"}, http.StatusForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := map[string]string{"subject": "x", "requester": "y", "impact": "low", "urgency": "low"}
			res := who.do("POST", "/api/v1/tickets", body, tc.header)
			if res.status != tc.want {
				t.Errorf("POST = %d %s, want %d", res.status, res.body, tc.want)
			}
			if tc.want == http.StatusForbidden && res.code() != "cross_origin" {
				t.Errorf("code = %q, want cross_origin", res.code())
			}
		})
	}
}
