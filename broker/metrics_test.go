package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// metricsOf reads what Prometheus would.
func (r *running) metrics() string {
	r.t.Helper()
	at := ""
	for lines := bufio.NewScanner(strings.NewReader(r.log.String())); lines.Scan(); {
		var line struct{ Msg, Metrics string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "broker started" {
			at = line.Metrics
		}
	}
	resp, err := http.Get("http://" + at + "/metrics") //nolint:noctx // a test's
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Fatalf("metrics: %s, %v", resp.Status, err)
	}
	return string(body)
}

func TestMetricsTellWhatThereIs(t *testing.T) {
	r := serve(t, func(c *Config) { c.ListenStats = "127.0.0.1:0" })
	resp, err := r.http.Get(r.url.JoinPath("/api/v1/tickets").String())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	told := r.metrics()
	for _, want := range []string{
		"beside_build_info{version=", `beside_tickets{state="open"} 0`, "beside_tickets_overdue 0", "beside_log_events_total ",
		`beside_http_request_seconds_count{route="GET /api/v1/tickets",status="401"} 1`,
	} {
		if !strings.Contains(told, want) {
			t.Errorf("no %s in\n%s", want, told)
		}
	}
	if resp, err := r.http.Get(r.url.JoinPath("/metrics").String()); err != nil || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" && resp.StatusCode == http.StatusOK {
		t.Errorf("metrics on the public address: got %v, %v, want the pages", resp, err)
	}
}

// The dashboard draws what there is, under the names that it is told by.
func TestDashboardKnowsTheMetrics(t *testing.T) {
	raw, err := os.ReadFile("../docs/dashboard/beside.json")
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(raw) {
		t.Fatal("the dashboard is no JSON")
	}
	told := serve(t, func(c *Config) { c.ListenStats = "127.0.0.1:0" }).metrics()
	names := regexp.MustCompile(`\b(beside|process|go)_[a-z_]+\b`).FindAllString(string(raw), -1)
	slices.Sort(names)
	if len(names) < 8 {
		t.Errorf("the dashboard draws %d metrics only", len(names))
	}
	for _, name := range slices.Compact(names) {
		plain := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if !strings.Contains(told, "# HELP "+plain+" ") && !strings.Contains(told, "# HELP "+name+" ") && plain != "beside_http_request_seconds" && plain != "beside_sessions" {
			t.Errorf("there is no metric %s", name)
		}
	}
}
