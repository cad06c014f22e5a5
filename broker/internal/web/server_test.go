package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/signaling/slot"
	"beside/viewer"
)

// fakeClient is a program with an empty slot.
func fakeClient(t *testing.T) []byte {
	t.Helper()
	marker := sha256.Sum256([]byte("beside configuration slot v1"))
	empty := append(marker[:], make([]byte, slot.Size-len(marker))...)
	return append(append([]byte("\x7fELF program "), empty...), " more program"...)
}

func TestGetAndHeadChangeNothing(t *testing.T) {
	h := newHarness(t)
	h.must(os.WriteFile(filepath.Join(h.dir, "beside-client"), fakeClient(t), 0o755))
	who := h.signIn("ada@example.org", desk.AllRoles()...)
	tk := who.ticket()
	inv := who.invite(tk.ID)
	paths := []string{"/", "/j/" + inv.Invitation.ID, "/signin", "/desk", "/assets/x-1.js", "/icon.svg", "/none.js", "/openapi.json", "/api/v1/none"}
	for path, item := range apiPaths(t, h) {
		if !slices.Contains(item, "get") {
			continue
		}
		id := tk.ID
		if strings.Contains(path, "sessions") {
			id = inv.Session.ID
		} else if strings.Contains(path, "invitations") {
			id = inv.Invitation.ID
		}
		paths = append(paths, strings.ReplaceAll(path, "{id}", id))
	}
	if len(paths) < 18 {
		t.Fatalf("only %d paths to try: %v", len(paths), paths)
	}
	before := h.dump()
	for _, caller := range []*browser{who, h.stranger()} {
		for _, method := range []string{"GET", "HEAD"} {
			for _, path := range paths {
				// The live stream never ends by itself.
				ctx, cancel := context.WithTimeout(t.Context(), testDeadline)
				res, err := caller.client.Do(caller.request(ctx, method, path, nil, inv.page()))
				h.must(err)
				if path != "/api/v1/live" {
					_, err = io.Copy(io.Discard, res.Body)
					h.must(err)
				}
				cancel()
				h.must(res.Body.Close())
				if res.StatusCode >= 500 {
					t.Errorf("%s %s = %d", method, path, res.StatusCode)
				}
			}
		}
	}
	if after := h.dump(); after != before {
		t.Errorf("looking changed the database from\n%s\nto\n%s", before, after)
	}
}

func apiPaths(t *testing.T, h *harness) map[string][]string {
	t.Helper()
	body, err := h.web.OpenAPI()
	h.must(err)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	h.must(json.Unmarshal(body, &doc))
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s, want 3.1", doc.OpenAPI)
	}
	out := make(map[string][]string)
	for path, methods := range doc.Paths {
		for method := range methods {
			out[path] = append(out[path], method)
		}
	}
	return out
}

func TestPages(t *testing.T) {
	h := newHarness(t)
	b := h.stranger()
	for path, want := range map[string]string{
		"/": "app", "/desk": "app", "/sessions/abc": "app", "/index.html": "app",
		"/j/abc": "requester", "/j/a/b": "requester", "/requester.html": "app",
	} {
		res := b.do("GET", path, nil, nil)
		if res.status != http.StatusOK || !strings.Contains(string(res.body), "<title>"+want) || res.header.Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s = %d %s %v, want the %s page, not stored", path, res.status, res.body, res.header, want)
		}
	}
	if res := b.do("GET", "/assets/x-1.js", nil, nil); !strings.Contains(res.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(res.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("asset = %v", res.header)
	}
	for _, path := range []string{"/assets/none.js", "/../beside.db", "/assets/../../beside.db"} {
		if res := b.do("GET", path, nil, nil); res.status == http.StatusOK && !strings.Contains(string(res.body), "<title>") {
			t.Errorf("GET %s = %d %s", path, res.status, res.body)
		}
	}
	manifest := b.do("GET", "/viewer.sha256", nil, nil)
	if want, err := viewer.Manifest(h.deps.Pages); err != nil || string(manifest.body) != string(want) || strings.Count(string(want), "\n") != 4 {
		t.Errorf("manifest = %d %s, %v; want each of four files", manifest.status, manifest.body, err)
	}
	if res := b.do("POST", "/desk", nil, nil); res.status != http.StatusMethodNotAllowed {
		t.Errorf("POST to a page = %d, want 405", res.status)
	}
}

func TestSecurityHeaders(t *testing.T) {
	h := newHarness(t)
	b := h.stranger()
	host := strings.TrimPrefix(h.server.URL, "http://")
	for _, path := range []string{"/", "/j/x", "/assets/x-1.js", "/assets/none.js", "/api/v1/me", "/api/v1/none", "/healthz"} {
		res := b.do("GET", path, nil, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy":    "default-src 'none'; script-src 'self'; connect-src 'self' ws://" + host + "; img-src 'self' blob: data:; style-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "no-referrer",
			"X-Robots-Tag":               "noindex, nofollow",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security":  "", // plain http on loopback
		} {
			if got := res.header.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got, want)
			}
		}
	}
	req := b.request(t.Context(), "GET", "/", nil, nil)
	req.Host = "evil.example; script-src *"
	res, err := b.client.Do(req)
	if err == nil {
		h.must(res.Body.Close())
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "evil") {
			t.Errorf("a Host header got into the policy: %s", csp)
		}
	}
}

func TestHealth(t *testing.T) {
	h := newHarness(t)
	b := h.stranger()
	b.want(http.StatusOK, "GET", "/healthz", nil, nil)
	b.want(http.StatusOK, "GET", "/readyz", nil, nil)
	close(h.draining)
	b.want(http.StatusOK, "GET", "/healthz", nil, nil)
	b.want(http.StatusServiceUnavailable, "GET", "/readyz", nil, nil)
}

func TestDownload(t *testing.T) {
	h := newHarness(t)
	b := h.stranger()
	if res := b.do("GET", "/download/linux", nil, nil); res.status != http.StatusServiceUnavailable || res.code() != "client_missing" {
		t.Errorf("without a client = %d %s, want 503 client_missing", res.status, res.body)
	}
	h.must(os.WriteFile(filepath.Join(h.dir, "beside-client"), fakeClient(t), 0o755))
	res := b.do("GET", "/download/linux", nil, nil)
	if res.status != http.StatusOK || res.header.Get("Content-Disposition") != "attachment" || res.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("download = %d %v", res.status, res.header)
	}
	if !strings.Contains(string(res.body), `"organisation":"Test Desk"`) || len(res.body) != len(fakeClient(t)) {
		t.Errorf("the client of %d bytes is not configured", len(res.body))
	}
	part := b.do("GET", "/download/linux", nil, map[string]string{"Range": "bytes=0-3"})
	if part.status != http.StatusPartialContent || string(part.body) != "\x7fELF" {
		t.Errorf("part = %d %q, want to go on after a failure", part.status, part.body)
	}
}

// Nothing that opens a door is in a log, in the audit log or in a file.
func TestSecretsShowNowhere(t *testing.T) {
	h := newHarness(t)
	ada := h.account("ada@example.org", desk.AllRoles()...)
	link := h.link(ada)
	b := h.stranger()
	res := b.do("POST", "/api/v1/sign-in?secret="+link, map[string]string{"secret": link}, nil)
	cookie := res.cookies[0].Value
	b.cookie = "beside=" + cookie
	unspent := h.link(ada)
	inv := b.invite(b.ticket().ID)
	page, join := inv.secret.Page(), inv.secret.Join()
	h.landing(inv)
	b.do("POST", "/api/v1/sign-in", map[string]any{"secret": link, "more": link}, nil)
	b.do("POST", "/api/v1/sign-in", map[string]any{"secret": strings.Repeat(link, 5)}, nil)
	b.do("GET", "/api/v1/invitations/"+inv.Invitation.ID+"/page?page="+b64(page[:]), nil, inv.page())
	events := b.do("GET", "/api/v1/events", nil, nil)
	everything := h.log.String() + string(events.body) + h.dump()
	files, err := os.ReadDir(h.dir)
	h.must(err)
	for _, f := range files {
		body, err := os.ReadFile(filepath.Join(h.dir, f.Name()))
		h.must(err)
		everything += string(body)
	}
	for name, canary := range map[string]string{
		"sign-in secret": link, "unspent sign-in secret": unspent, "cookie": cookie,
		"link secret": inv.secret.Reveal(), "page value": b64(page[:]), "join value": b64(join[:]),
	} {
		if i := strings.Index(everything, canary); i >= 0 {
			t.Errorf("%s shows: …%q…", name, everything[max(0, i-80):i+10])
		}
	}
	if !strings.Contains(h.log.String(), `"path":"/api/v1/sign-in"`) {
		t.Error("there is no access log")
	}
}
