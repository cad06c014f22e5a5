package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/record"
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

// The rules once more, by hand: a slip in the table of the program shows here.
// Every operation of the description must be in it.
func TestRoles(t *testing.T) {
	h := newHarness(t)
	callers := map[string]*browser{
		"nobody":        h.stranger(),
		"technician":    h.signIn("t@example.org", desk.Technician),
		"auditor":       h.signIn("a@example.org", desk.Auditor),
		"administrator": h.signIn("m@example.org", desk.Administrator),
	}
	const everybody, anyone = "nobody technician auditor administrator", "technician auditor administrator"
	allowed := map[string]string{
		"health": everybody, "ready": everybody, "downloadLinux": everybody,
		"signInWays": everybody, "beginSignIn": everybody, "signInByPasskey": everybody, "signInByRecovery": everybody,
		"beginProvider": everybody, "signInByProvider": everybody,
		"signIn": everybody, "landingPage": everybody, "findInvitation": everybody, "opened": everybody, "getReceipt": everybody, "rate": everybody,
		"helpDoor": everybody, "ask": everybody, "waiting": everybody, "say": everybody, "withdraw": everybody,
		"signOut": anyone, "me": anyone, "beginProof": anyone, "prove": anyone,
		"listPasskeys": anyone, "beginPasskey": anyone, "addPasskey": anyone, "renamePasskey": anyone, "removePasskey": anyone,
		"makeRecoveryCodes": anyone, "beginLink": anyone, "getProvider": anyone, "unlinkProvider": anyone, "listDevices": anyone, "signOutDevice": anyone, "signOutOthers": anyone,
		"listSessions": anyone, "getSession": anyone, "listSessionEvents": anyone, "live": anyone,
		"listTickets": "technician administrator", "addTicket": "technician administrator", "takeNext": "technician", "similarTickets": "technician administrator", "getReport": "technician administrator",
		"getTicket": "technician administrator", "changeTicket": "technician administrator", "addNote": "technician administrator",
		"listMails": "technician administrator", "answerMail": "technician",
		"listCategories": "technician administrator", "addCategory": "administrator", "changeCategory": "administrator",
		"listPhrases": "technician administrator", "addPhrase": "administrator", "changePhrase": "administrator", "removePhrase": "administrator",
		"listWebhooks": "administrator", "addWebhook": "administrator", "changeWebhook": "administrator", "removeWebhook": "administrator", "testWebhook": "administrator",
		"getDeskRules": "technician administrator", "setDeskRules": "administrator",
		"listColleagues": "technician administrator", "handOver": "technician",
		"listSchedules": "administrator", "addSchedule": "administrator", "removeSchedule": "administrator",
		"linkTicket": "technician administrator", "unlinkTicket": "technician administrator",
		"listKnowledge": "technician administrator", "promoteTicket": "technician administrator", "demoteTicket": "technician administrator",
		"keepFacts": "technician", "getFacts": "technician administrator", "searchMachines": "technician administrator", "getMachine": "technician administrator",
		"invite": "technician", "getInvitation": "technician", "revokeInvitation": "technician",
		"listEvents": "auditor administrator", "exportEvents": "auditor administrator",
		"getHold": "auditor administrator", "holdSession": "auditor administrator", "releaseSession": "auditor administrator",
		"getRetention": "auditor administrator", "setRetention": "administrator",
		"searchSessions": "auditor administrator", "exportEvidence": "auditor administrator",
		"getAuditors": "auditor administrator", "publishAuditors": "auditor administrator",
		"listRecordings": "auditor", "openRecording": "auditor", "getRecordingChunk": "auditor", "exportRecording": "auditor",
		"keepAuditorPasskey": "auditor", "forgetAuditorPasskey": "auditor",
		"listAlarms": "auditor administrator", "seeAlarm": "administrator",
		"getPolicy": anyone, "setPolicy": "administrator", "listKeys": "administrator", "rotateKey": "administrator",
		"listAccounts": "administrator", "addAccount": "administrator", "changeAccount": "administrator", "makeSignInLink": "administrator",
	}
	for _, op := range h.operations() {
		want, ok := allowed[op.id]
		if !ok {
			t.Errorf("%s %s (%s): nobody said who may call it", op.method, op.path, op.id)
			continue
		}
		delete(allowed, op.id)
		for name, caller := range callers {
			if op.id == "signOut" && name != "nobody" || op.id == "live" {
				continue // TestSignOut, TestLive
			}
			res := caller.do(op.method, strings.ReplaceAll(op.path, "{id}", "none"), nil, nil)
			may := strings.Contains(want, name)
			// What is allowed fails for another reason: no such ticket, no body.
			denied := res.code() == "signed_out" || res.code() == "role_missing"
			if denied == may || !may && (name == "nobody") != (res.status == http.StatusUnauthorized) {
				t.Errorf("%s %s (%s) as %s = %d %s", op.method, op.path, op.id, name, res.status, res.body)
			}
		}
	}
	for id := range allowed {
		t.Errorf("there is no operation %s", id)
	}
}

// operation is one of the interface.
type operation struct{ method, path, id string }

// operations lists what the description describes.
func (h *harness) operations() (all []operation) {
	h.t.Helper()
	body, err := h.web.OpenAPI()
	h.must(err)
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	h.must(json.Unmarshal(body, &doc))
	for path, methods := range doc.Paths {
		for method, op := range methods {
			all = append(all, operation{strings.ToUpper(method), path, op.OperationID})
		}
	}
	return all
}

// A route that somebody adds without a rule keeps the broker from starting.
func TestNoRouteWithoutARule(t *testing.T) {
	h := newHarness(t)
	deps := h.deps
	deps.Modules = []web.Module{unruled{}}
	if _, err := web.New(deps); err == nil || !strings.Contains(err.Error(), "unruled") {
		t.Errorf("New with a route that has no rule: %v", err)
	}
}

type unruled struct{}

func (unruled) Register(api huma.API, _ *http.ServeMux) {
	huma.Register(api, huma.Operation{Method: http.MethodGet, Path: "/unruled", OperationID: "unruled"},
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
}

func TestDisabledAccountIsOutAtOnce(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.Technician)
	who := h.enter(ada)
	in := who.invite(who.ticket().ID)
	link := h.link(ada)
	var events []record.Event
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) (_ []record.Event, err error) {
		events, err = auth.Disable(tx, ada, record.Actor{Kind: record.Operator})
		return events, err
	}))
	if len(events) != 2 || events[0].Kind != record.KindSessionEnded || events[0].Session != in.Session.ID {
		t.Errorf("events = %+v, want the end of the open session and the closed account", events)
	}
	who.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
	if res := h.stranger().do("POST", "/api/v1/sign-in", map[string]string{"secret": link}, nil); res.code() != "link_spent" {
		t.Errorf("sign in with a closed account = %d %s", res.status, res.body)
	}
}

// A cookie that somehow outlived its account opens nothing either.
func TestCookieOfADisabledAccount(t *testing.T) {
	h := newHarness(t)
	who := h.signIn("ada@example.org", desk.Technician)
	who.want(http.StatusOK, "GET", "/api/v1/me", nil, nil)
	h.sql(`UPDATE technician SET disabled_at = 1`)
	who.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
}

func TestNobodyChangesTheirOwnRights(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.Administrator)
	for name, change := range map[string]func(*store.Tx) ([]record.Event, error){
		"roles": func(tx *store.Tx) ([]record.Event, error) {
			return auth.ChangeRoles(tx, ada, desk.AllRoles(), auth.Actor(ada))
		},
		"disable": func(tx *store.Tx) ([]record.Event, error) { return auth.Disable(tx, ada, auth.Actor(ada)) },
	} {
		if err := h.journal.Update(t.Context(), change); err == nil || !strings.Contains(err.Error(), "own_account") {
			t.Errorf("%s of oneself: %v, want own_account", name, err)
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
