package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/session"
	"beside/broker/internal/web"
)

// administrator is signed in by a passkey.
func (h *harness) administrator() *browser {
	h.t.Helper()
	who := h.signIn("admin@example.org", desk.Administrator)
	who.addPasskey(newAuthenticator(h))
	return who
}

// What lasts or leaves takes a passkey: a sign-in by a link, however fresh, is
// not enough. The description says which operations these are.
func TestWhatLastsTakesAPasskey(t *testing.T) {
	h := newHarness(t)
	body, err := h.web.OpenAPI()
	h.must(err)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			Proof       string `json:"x-proof"`
		}
	}
	h.must(json.Unmarshal(body, &doc))
	weak := h.signIn("weak@example.org", desk.AllRoles()...)
	strong := h.signIn("strong@example.org", desk.AllRoles()...)
	strong.addPasskey(newAuthenticator(h))
	guarded := make(map[string]bool)
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.Proof != "passkey" {
				continue
			}
			guarded[op.OperationID] = true
			path := strings.ReplaceAll(path, "{id}", "none")
			if res := weak.do(strings.ToUpper(method), path, nil, nil); res.code() != "proof_needed" {
				t.Errorf("%s after a link = %d %s, want proof_needed", op.OperationID, res.status, res.body)
			}
			if res := strong.do(strings.ToUpper(method), path, nil, nil); res.code() == "proof_needed" {
				t.Errorf("%s after a passkey = %d %s", op.OperationID, res.status, res.body)
			}
		}
	}
	for _, id := range []string{"exportEvents", "setPolicy", "rotateKey", "addAccount", "changeAccount", "makeSignInLink"} {
		if !guarded[id] {
			t.Errorf("%s takes no passkey", id)
		}
	}
}

func TestAdministratorLooksAfterPeople(t *testing.T) {
	h := newHarness(t)
	who := h.administrator()
	var made web.NewAccount
	fresh := map[string]any{"email": "Kim@Example.org", "name": "Kim", "roles": []string{"auditor", "technician"}}
	who.want(http.StatusCreated, "POST", "/api/v1/accounts", fresh, &made)
	if made.Account.Email != "kim@example.org" || len(made.Account.Roles) != 2 {
		t.Errorf("made = %+v", made.Account)
	}
	_, link, _ := strings.Cut(made.SignIn.Link, "/signin#")
	kim := h.stranger()
	res := kim.do("POST", "/api/v1/sign-in", map[string]string{"secret": link}, nil)
	if res.status != http.StatusOK {
		t.Fatalf("the link of a new account = %d %s", res.status, res.body)
	}
	kim.cookie = res.cookies[0].Name + "=" + res.cookies[0].Value
	if res := who.do("POST", "/api/v1/accounts", fresh, nil); res.code() != "email_taken" {
		t.Errorf("the same address again = %d %s", res.status, res.body)
	}

	path := "/api/v1/accounts/" + made.Account.ID
	var now web.Account
	who.want(http.StatusOK, "PATCH", path, map[string]any{"name": "Kim A.", "roles": []string{"auditor"}}, &now)
	if now.Name != "Kim A." || len(now.Roles) != 1 || now.Roles[0] != desk.Auditor || now.SeenAt == nil {
		t.Errorf("changed = %+v", now)
	}
	kim.want(http.StatusForbidden, "GET", "/api/v1/tickets", nil, nil)
	who.want(http.StatusOK, "PATCH", path, map[string]any{"disabled": true}, &now)
	kim.want(http.StatusUnauthorized, "GET", "/api/v1/me", nil, nil)
	if res := who.do("POST", path+"/sign-in-link", nil, nil); res.code() != "account_disabled" {
		t.Errorf("a link for a closed account = %d %s", res.status, res.body)
	}
	who.want(http.StatusOK, "PATCH", path, map[string]any{"disabled": false}, &now)
	who.want(http.StatusCreated, "POST", path+"/sign-in-link", nil, nil)
	for name, patch := range map[string]map[string]any{
		"no role": {"roles": []string{}}, "unknown role": {"roles": []string{"root"}}, "no name": {"name": " "},
	} {
		if res := who.do("PATCH", path, patch, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d %s, want 422", name, res.status, res.body)
		}
	}
	var me web.Me
	who.want(http.StatusOK, "GET", "/api/v1/me", nil, &me)
	if res := who.do("PATCH", "/api/v1/accounts/"+me.ID, map[string]any{"disabled": true}, nil); res.code() != "own_account" {
		t.Errorf("one's own account = %d %s", res.status, res.body)
	}
	var list struct{ Accounts []web.Account }
	who.want(http.StatusOK, "GET", "/api/v1/accounts", nil, &list)
	if len(list.Accounts) != 2 || list.Accounts[0].Passkeys+list.Accounts[1].Passkeys != 1 {
		t.Errorf("accounts = %+v", list.Accounts)
	}
	if strings.Contains(h.log.String()+h.dump(), link) {
		t.Error("a sign-in link can be read in the log or the database")
	}
}

func TestPolicyAndKeysOverHTTP(t *testing.T) {
	h := newHarness(t)
	who := h.administrator()
	var p web.Policy
	who.want(http.StatusOK, "PUT", "/api/v1/policy", map[string]any{"scopes": []string{"view"}}, &p)
	if len(p.Scopes) != 1 || !slices.Equal(p.Offered, session.Offered().Scopes()) || p.ChangedAt == nil {
		t.Errorf("policy = %+v", p)
	}
	for _, scopes := range [][]string{{"sound"}, {"root"}} {
		if res := who.do("PUT", "/api/v1/policy", map[string]any{"scopes": scopes}, nil); res.status != http.StatusUnprocessableEntity {
			t.Errorf("policy %v = %d %s, want 422", scopes, res.status, res.body)
		}
	}
	// Without a registry that ran here there is no key to turn to.
	if res := who.do("POST", "/api/v1/keys/rotate", nil, nil); res.status != http.StatusInternalServerError {
		t.Errorf("rotate without keys = %d %s", res.status, res.body)
	}
}

func TestExportIsWholeAndRecorded(t *testing.T) {
	h := newHarness(t)
	who := h.administrator()
	for range 30 {
		who.ticket()
	}
	res := who.do("POST", "/api/v1/events/export", nil, nil)
	lines := strings.Split(strings.TrimSuffix(string(res.body), "\n"), "\n")
	if res.status != http.StatusOK || res.header.Get("Content-Type") != "application/jsonl" {
		t.Fatalf("export = %d %v", res.status, res.header)
	}
	for i, line := range lines {
		var e struct {
			Seq  int
			Data struct{ Last int }
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Seq != i+1 {
			t.Fatalf("line %d = %q (%v)", i+1, line, err)
		}
	}
	if !strings.Contains(h.dump(), "audit_event.kind=audit.exported") {
		t.Error("nobody can see that the log was read out")
	}
}
