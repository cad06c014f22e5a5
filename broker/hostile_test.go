package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// tricks are identifiers as a hostile caller writes them into a path.
var tricks = []string{
	"canary.txt", "beside.db", "..", "%2e%2e", "..%2f..%2fcanary.txt", "%2e%2e%2f%2e%2e%2fcanary.txt", "..%5c..%5ccanary.txt",
	"%252e%252e%252fcanary.txt", "....%2f%2fcanary.txt", "..;%2fcanary.txt", "%c0%ae%c0%ae%2fcanary.txt", "%ff%fe",
	"canary.txt%00", "%00", "%0d%0aInjected:%20yes", "%e2%80%ae", "%20", ".", "*", "~", "-", "'%20OR%201=1--",
	"C:%5ccanary.txt", "%5c%5chost%5cshare", "CON", "canary.txt::$DATA", "file:%2f%2f%2fcanary.txt", "http:%2f%2f127.0.0.1%2f",
	"%25s%25s%25n", "9223372036854775808", "-1", "1e309", strings.Repeat("A", 7000),
}

// canary lies in the broker's folder and may be read by nobody.
const canary = "canary-8f2b"

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// TestPathTricksReachNothing: no identifier in a path, however written, makes the
// broker answer with a file that is not for the caller, do something, or fail.
func TestPathTricksReachNothing(t *testing.T) {
	r := serve(t, nil)
	h := r.hostile()
	before := files(t, r.dir)
	for _, trick := range tricks {
		for _, op := range h.operations {
			if !strings.Contains(op.path, "{") {
				continue
			}
			path := placeholder.ReplaceAllLiteralString(op.path, trick)
			for _, cookie := range []*http.Cookie{nil, h.cookie} {
				res, body := h.send(op.method, path, cookie, "application/json", "{}")
				if res.StatusCode < 300 || res.StatusCode >= 500 {
					t.Errorf("%s %s (%s) = %d %.200s", op.method, path, op.id, res.StatusCode, body)
				}
			}
		}
		for _, folder := range []string{"/", "/assets/", "/j/", "/download/", "/log/", "/log/tile/", "/log/tile/0/", "/api/", "/api/v1/sessions/", "/sessions/", "/.well-known/"} {
			res, body := h.send(http.MethodGet, folder+trick, h.cookie, "", "")
			if res.StatusCode >= 500 || strings.Contains(body, canary) || strings.Contains(body, "SQLite format") || strings.Contains(body, "PRIVATE KEY") {
				t.Errorf("GET %s%s = %d %.200s", folder, trick, res.StatusCode, body)
			}
			if res.Header.Get("Injected") != "" {
				t.Errorf("GET %s%s wrote a header", folder, trick)
			}
		}
	}
	if after := files(t, r.dir); after != before {
		t.Errorf("files before:\n%s\nand after:\n%s", before, after)
	}
	if strings.Contains(r.log.String(), "panicked") {
		t.Error("a handler panicked")
	}
}

// malformed are bodies that no operation takes.
var malformed = map[string]string{
	"nothing": "", "null": "null", "a list": "[]", "a text": `"x"`, "a number": "1e400", "half": `{"a":`, "two": "{}{}",
	"not UTF-8": "{\"a\":\"\xff\"}", "deep": strings.Repeat(`{"a":`, 20_000), "deep list": strings.Repeat("[", 60_000),
	"unknown": `{"unknown":1}`, "prototype": `{"__proto__":{"x":1}}`, "NUL": "\x00", "markup": "<a/>", "long": `{"a":"` + strings.Repeat("x", 100_000) + `"}`,
}

// TestMalformedBodiesAreRefused: what is not the body of an operation is an answer
// of the caller's fault, from everybody, for every operation that takes one.
func TestMalformedBodiesAreRefused(t *testing.T) {
	r := serve(t, nil)
	h := r.hostile()
	tried := 0
	for _, op := range h.operations {
		if !op.body {
			continue
		}
		tried++
		path := placeholder.ReplaceAllLiteralString(op.path, "AAAAAAAAAAAAAAAAAAAAAA")
		for name, body := range malformed {
			for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-7"} {
				res, answer := h.send(op.method, path, h.cookie, kind, body)
				if res.StatusCode < 400 || res.StatusCode >= 500 {
					t.Errorf("%s %s (%s) with %s as %s = %d %.200s", op.method, path, op.id, name, kind, res.StatusCode, answer)
				}
			}
		}
	}
	if tried < 10 {
		t.Errorf("%d operations with a body were found, want all", tried)
	}
	if strings.Contains(r.log.String(), "panicked") {
		t.Error("a handler panicked")
	}
}

// hostileTexts stand in the texts of a body, and hostileBytes in those that are
// base64url: mostly with the length of a key, a hash or a signature.
var hostileTexts = []string{
	"", "..", "../../canary.txt", "A", strings.Repeat("A", 22), strings.Repeat("A", 5000), "\x00", "\r\nInjected: yes", "\u202e", "<script>alert(1)</script>", "' OR 1=1--", "=cmd()", "{{7*7}}",
	"javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1/", "9999-99-99T99:99:99Z", "\xff",
}

var hostileBytes = []string{"", "AA", strings.Repeat("A", 43), strings.Repeat("A", 43), strings.Repeat("A", 86), strings.Repeat("A", 5000)}

// TestHostileTextsBreakNothing: bodies of the right shape, texts, numbers and lists
// filled as a hostile caller does. Some may be taken, for a text is a text; none may
// make the broker fail.
func TestHostileTextsBreakNothing(t *testing.T) {
	r := serve(t, nil)
	h := r.hostile()
	for _, op := range h.operations {
		if !op.body || op.id == "signOut" {
			continue
		}
		path := placeholder.ReplaceAllLiteralString(op.path, "AAAAAAAAAAAAAAAAAAAAAA")
		for round := range uint64(3 * len(hostileTexts)) {
			body, err := json.Marshal(h.fill(op.schema, rand.New(rand.NewPCG(1, round)), 0))
			if err != nil {
				t.Fatal(err)
			}
			for _, cookie := range []*http.Cookie{nil, h.cookie} {
				res, answer := h.send(op.method, path, cookie, "application/json", string(body))
				if res.StatusCode >= 500 || res.Header.Get("Injected") != "" {
					t.Errorf("%s %s (%s) with %.300s = %d %.200s", op.method, path, op.id, body, res.StatusCode, answer)
				}
			}
		}
	}
	if strings.Contains(r.log.String(), "panicked") {
		t.Error("a handler panicked")
	}
}

// schema is what the description says of a value.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Properties map[string]schema
	Items      *schema
	Enum       []any
	Encoding   string `json:"contentEncoding"`
	Format     string
}

// fill makes a value of a schema.
func (h hostile) fill(s schema, r *rand.Rand, depth int) any {
	if s.Ref != "" {
		s = h.schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	switch {
	case depth > 8:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.Properties) > 0:
		out := make(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) { // the same at each run
			out[name] = h.fill(s.Properties[name], r, depth+1)
		}
		return out
	case s.Items != nil:
		return []any{h.fill(*s.Items, r, depth+1)}
	case s.Type == "integer" || s.Type == "number":
		return -1
	case s.Type == "boolean":
		return true
	case s.Encoding != "":
		return hostileBytes[r.IntN(len(hostileBytes))]
	case s.Format == "date-time" && r.IntN(3) > 0:
		return time.Now().UTC().Format(time.RFC3339)
	default:
		return hostileTexts[r.IntN(len(hostileTexts))]
	}
}

// hostile is a caller with an account of every role, who knows all operations.
type hostile struct {
	r          *running
	cookie     *http.Cookie
	operations []operation
	schemas    map[string]schema
}

type operation struct {
	method, path, id string
	body             bool
	schema           schema // of the body
}

func (r *running) hostile() hostile {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "canary.txt"), []byte(canary), 0o600); err != nil {
		r.t.Fatal(err)
	}
	h := hostile{r: r, cookie: r.signIn(r.url.String())}
	r.beside(nil, "account", "role", "ada@example.org", "technician", "auditor", "administrator")
	_, text := r.get(r.url.String() + "/openapi.json")
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string
			RequestBody *struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		r.t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			known := operation{method: strings.ToUpper(method), path: path, id: op.OperationID}
			if op.RequestBody != nil {
				known.body, known.schema = true, op.RequestBody.Content["application/json"].Schema
			}
			h.operations = append(h.operations, known)
		}
	}
	h.operations = append(h.operations, // not described, since their bodies are larger
		operation{method: http.MethodPut, path: "/api/v1/sessions/{id}/recordings/{recording}/head", id: "head"},
		operation{method: http.MethodPut, path: "/api/v1/sessions/{id}/recordings/{recording}/chunks/{n}", id: "chunk"})
	h.schemas = doc.Components.Schemas
	r.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h
}

// send sends a request with the path as it stands.
func (h hostile) send(method, path string, cookie *http.Cookie, kind, body string) (*http.Response, string) {
	h.r.t.Helper()
	req, err := http.NewRequestWithContext(h.r.t.Context(), method, h.r.url.String(), strings.NewReader(body))
	if err != nil {
		h.r.t.Fatal(err)
	}
	req.URL = &url.URL{Scheme: h.r.url.Scheme, Host: h.r.url.Host, Opaque: path}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if cookie != nil {
		req.AddCookie(cookie)
	}
	res, err := h.r.http.Do(req)
	if err != nil {
		h.r.t.Fatalf("%s %.100s: %v", method, path, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		h.r.t.Fatal(err)
	}
	return res, string(answer)
}

// files lists what lies in a folder and beside it, but for what SQLite makes as it goes.
func files(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(filepath.Dir(dir), func(path string, _ fs.DirEntry, err error) error {
		if !strings.Contains(path, "beside.db") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}
