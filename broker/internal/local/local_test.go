package local_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"beside/broker/internal/local"
)

// poisoned is a broker that serves its own idea of a page everywhere, and notes what
// it is asked.
type poisoned struct {
	asked []*http.Request
	api   http.HandlerFunc
}

func (p *poisoned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked = append(p.asked, r)
	if strings.HasPrefix(r.URL.Path, "/api/v1/") && p.api != nil {
		p.api(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	io.WriteString(w, "<script>poison</script>") //nolint:errcheck // a test's answer
}

type stand struct {
	t      *testing.T
	broker *poisoned
	server *httptest.Server
	local  *local.Handler
	at     *url.URL // of the broker
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{t: t, broker: &poisoned{}}
	s.server = httptest.NewServer(s.broker)
	t.Cleanup(s.server.Close)
	var err error
	if s.at, err = url.Parse(s.server.URL); err != nil {
		t.Fatal(err)
	}
	s.local, err = local.New(local.Config{
		Broker: s.at, Address: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711},
		Files: fstest.MapFS{
			"index.html":        {Data: []byte("<head></head>own page")},
			"assets/index-1.js": {Data: []byte("own script")},
		},
		Transport: http.DefaultTransport, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request as the browser does for our own page.
func (s *stand) ask(method, path string, header map[string]string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, s.local.URL().String()+path, nil)
	for name, value := range header {
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.local.ServeHTTP(w, r)
	return w
}

func TestPoisonedPageIsNotWhatRuns(t *testing.T) {
	s := newStand(t)
	for path, want := range map[string]string{
		"/": "own page", "/signin": "own page", "/sessions/x/live": "own page", "/j/AAAA": "own page", "/index.html": "own page",
		"/assets/index-1.js": "own script",
	} {
		if w := s.ask("GET", path, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("GET %s = %d %s, want our %s", path, w.Code, w.Body, want)
		}
	}
	for _, path := range []string{"/assets/other.js", "/sw.js", "/openapi.json", "/download/linux", "/log/key", "/.well-known/webauthn", "/api/../assets/other.js"} {
		if w := s.ask("GET", path, nil); strings.Contains(w.Body.String(), "poison") {
			t.Errorf("GET %s = %s", path, w.Body)
		}
	}
	if len(s.broker.asked) != 0 {
		t.Errorf("the broker was asked for %s", s.broker.asked[0].URL)
	}
	page := s.ask("GET", "/", nil)
	if want := `<meta name="beside-broker" content="` + s.at.String() + `">`; !strings.Contains(page.Body.String(), want) {
		t.Errorf("the page is not told of its broker: %s", page.Body)
	}
	if !strings.Contains(page.Header().Get("Content-Security-Policy"), "script-src 'self'") {
		t.Errorf("the page's policy: %q", page.Header().Get("Content-Security-Policy"))
	}
}

// TestOnlyDataComesBack: what the broker answers to a call cannot run or be shown in
// our origin, send the browser elsewhere, or change its policy.
func TestOnlyDataComesBack(t *testing.T) {
	for name, tc := range map[string]struct {
		header map[string]string
		status int
		want   int
	}{
		"JSON":                {map[string]string{"Content-Type": "application/json"}, 200, 200},
		"a problem":           {map[string]string{"Content-Type": "application/problem+json; charset=utf-8"}, 404, 404},
		"events":              {map[string]string{"Content-Type": "text/event-stream"}, 200, 200},
		"nothing":             {map[string]string{}, 204, 204},
		"a page":              {map[string]string{"Content-Type": "text/html"}, 200, 502},
		"a script":            {map[string]string{"Content-Type": "text/javascript"}, 200, 502},
		"a picture":           {map[string]string{"Content-Type": "image/svg+xml"}, 200, 502},
		"a type that is none": {map[string]string{"Content-Type": ";;"}, 200, 502},
		"a way elsewhere":     {map[string]string{"Location": "http://evil.example/"}, 302, 502},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.broker.api = func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil // not guessed
				for name, value := range tc.header {
					w.Header().Set(name, value)
				}
				for _, name := range []string{"Link", "Refresh", "Clear-Site-Data", "Service-Worker-Allowed", "Content-Security-Policy", "Access-Control-Allow-Origin", "X-Other"} {
					w.Header().Set(name, "evil")
				}
				w.WriteHeader(tc.status)
			}
			w := s.ask("GET", "/api/v1/me", nil)
			if w.Code != tc.want {
				t.Errorf("answer = %d, want %d", w.Code, tc.want)
			}
			for name, values := range w.Header() {
				if strings.Contains(strings.Join(values, ""), "evil") {
					t.Errorf("%s: %s came back", name, values)
				}
			}
			if policy := w.Header().Get("Content-Security-Policy"); tc.want != 502 && !strings.Contains(policy, "sandbox") {
				t.Errorf("policy of an answer: %q", policy)
			}
		})
	}
}

func TestNobodyElseComesIn(t *testing.T) {
	s := newStand(t)
	own := s.local.URL()
	for name, header := range map[string]map[string]string{
		"by number":         {"Host": "127.0.0.1:4711"},
		"as localhost":      {"Host": "localhost:4711"},
		"rebound":           {"Host": "evil.example:4711"},
		"other page":        {"Origin": "https://evil.example"},
		"no page":           {"Origin": "null"},
		"the broker's page": {"Origin": s.at.String()},
		"other port":        {"Origin": "http://" + own.Hostname() + ":1"},
		"other site":        {"Sec-Fetch-Site": "cross-site"},
		"same site":         {"Sec-Fetch-Site": "same-site"},
		"a service worker":  {"Service-Worker": "script"},
	} {
		for _, path := range []string{"/", "/api/v1/me", "/ws"} {
			if w := s.ask("GET", path, header); w.Code != http.StatusForbidden {
				t.Errorf("%s: GET %s = %d, want 403", name, path, w.Code)
			}
		}
	}
	if len(s.broker.asked) != 0 {
		t.Errorf("the broker was asked for %s", s.broker.asked[0].URL)
	}
	if label, _, _ := strings.Cut(own.Host, "."); len(label) < len("beside-")+16 || newStand(t).local.URL().Host == own.Host {
		t.Errorf("the name %s can be guessed", own.Host)
	}
}

// TestCookieIsTheBrowsers: the broker's cookie reaches the browser under a name that it
// takes by plain http, and goes back to the broker alone under its own.
func TestCookieIsTheBrowsers(t *testing.T) {
	s := newStand(t)
	s.broker.api = func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "__Host-beside", Value: "v1", Path: "/", Secure: true, HttpOnly: true, MaxAge: 60})
		w.Header().Set("Content-Type", "application/json")
	}
	w := s.ask("POST", "/api/v1/sign-in", map[string]string{"Origin": s.local.URL().String(), "Sec-Fetch-Site": "same-origin"})
	set := w.Result().Cookies()
	if len(set) != 1 || set[0].Value != "v1" || set[0].Secure || !set[0].HttpOnly || set[0].SameSite != http.SameSiteStrictMode || set[0].Domain != "" || set[0].MaxAge != 60 {
		t.Fatalf("cookie = %+v", set)
	}
	s.ask("GET", "/api/v1/me", map[string]string{
		"Cookie": set[0].Name + "=" + set[0].Value + "; other=private; beside=forged", "Authorization": "Basic x", "X-Forwarded-For": "1.2.3.4",
		"Referer": s.local.URL().String() + "/sessions/x",
	})
	got := s.broker.asked[len(s.broker.asked)-1]
	if c := got.Header.Get("Cookie"); c != "__Host-beside=v1" {
		t.Errorf("the broker was sent the cookies %q", c)
	}
	if got.Host != s.at.Host {
		t.Errorf("host = %q", got.Host)
	}
	for _, name := range []string{"Authorization", "X-Forwarded-For", "Referer"} {
		if value := got.Header.Get(name); value != "" {
			t.Errorf("the broker was sent %s: %s", name, value)
		}
	}
	if origin := s.broker.asked[0].Header.Get("Origin"); origin != s.at.String() {
		t.Errorf("origin = %q, want the broker's own", origin)
	}
}
