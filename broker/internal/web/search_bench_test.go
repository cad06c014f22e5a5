package web_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/desk"
)

// BenchmarkSearch asks for what an auditor asks for, by the API, of a broker that has
// had 100 000 sessions in two years, of 80 000 tickets of 60 000 persons, by 50
// technicians. Each answer is a page of 50 or less. What is found seldom, or nowhere,
// is the worst: the newest sessions do not fill the page.
func BenchmarkSearch(b *testing.B) {
	h := newHarness(b)
	h.fillSessions(100_000)
	auditor := h.signIn("a@example.org", desk.Auditor)
	at := func(days int) time.Time { return time.Now().AddDate(0, 0, -days).UTC() }
	for _, search := range []struct {
		name string
		q    map[string]any
	}{
		{"everything", map[string]any{}},
		{"person, in all", map[string]any{"requester": "person"}},
		{"person, one", map[string]any{"requester": "Person 4711 "}},
		{"person, nobody", map[string]any{"requester": "Mallory"}},
		{"machine, of a third", map[string]any{"machine": "Debian"}},
		{"machine, one address", map[string]any{"machine": "10.77.13.0"}},
		{"machine, none", map[string]any{"machine": "Plan 9"}},
		{"technician, one of 50", map[string]any{"technician": "Helper 17 "}},
		{"technician, nobody", map[string]any{"technician": "Mallory"}},
		{"time, a day a year ago", map[string]any{"from": at(366), "to": at(365)}},
		{"effect, of all", map[string]any{"effects": []string{"shown"}}},
		{"effect, one in 1000", map[string]any{"effects": []string{"alarm"}}},
		{"two effects", map[string]any{"effects": []string{"shown", "recording-refused"}}},
		{"effect and nobody", map[string]any{"effects": []string{"shown"}, "requester": "Mallory"}},
		{"person and time", map[string]any{"requester": "Person 4711 ", "from": at(400), "to": at(200)}},
	} {
		b.Run(search.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				res := auditor.do(http.MethodPost, "/api/v1/sessions/search", search.q, nil)
				took = append(took, time.Since(began))
				if res.status != http.StatusOK {
					b.Fatalf("%d %s", res.status, res.body)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// fillSessions makes sessions behind the broker's back, as they are when they are over.
func (h *harness) fillSessions(n int) {
	h.t.Helper()
	for _, query := range []string{
		`WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 50)
		INSERT INTO technician (id, email, name, roles, created_at) SELECT 'helper-' || n, 'helper-' || n || '@example.org', 'Helper ' || n || ' of us', 'technician', 0 FROM i`,
		`WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < $1 * 4 / 5)
		INSERT INTO ticket (id, number, subject, words, requester, category, impact, urgency, priority, state, resolution, system_changes, created_at, updated_at)
		SELECT 'ticket-' || n, n, 'Problem ' || n, '', 'Person ' || (n * 7919 % 60000) || ' of room ' || (n % 300), '', 'low', 'low', 4, 'closed', '', '', 0, 0 FROM i`,
		`WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < $1)
		INSERT INTO session (id, ticket, technician, phase, reason, system_os, system_arch, system_name, system_version, joined_from, invited_at, ended_at, sealed_at, effects_at)
		SELECT 'session-' || n, 'ticket-' || (n * 4 / 5 + 1 - n / $1), 'helper-' || (n * 31 % 50 + 1), 'ended', 'requester', 'linux', 'amd64',
			CASE n % 3 WHEN 0 THEN 'Debian GNU/Linux' WHEN 1 THEN 'Ubuntu' ELSE 'Fedora Linux' END, n % 40, '10.' || (n / 256 % 256) || '.' || (n % 256) || '.0',
			CAST(strftime('%s', 'now') AS INTEGER) * 1000 - ($1 - n) * (730 * 86400000 / $1), 1, 1, 1 FROM i`,
		`INSERT INTO invitation (id, ticket, session, technician, join_hash, page_hash, created_at, expires_at)
		SELECT 'invitation-' || id, ticket, id, technician, 'join-' || id, 'page', 0, 0 FROM session`,
		`INSERT INTO session_effect (effect, at, session) SELECT 'shown', invited_at, id FROM session
		UNION ALL SELECT 'recorded', invited_at, id FROM session WHERE rowid % 3 = 0
		UNION ALL SELECT 'recording-refused', invited_at, id FROM session WHERE rowid % 200 = 0
		UNION ALL SELECT 'alarm', invited_at, id FROM session WHERE rowid % 1000 = 0`,
	} {
		if args := []any{n}; slices.Contains([]rune(query), '$') {
			h.sql(query, args...)
		} else {
			h.sql(query)
		}
	}
}
