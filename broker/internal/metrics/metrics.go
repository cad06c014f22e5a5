// Package metrics tells a monitoring system how the broker does, in the text format
// of Prometheus: counts and times, and nothing of anybody. It owns its registry; what
// the database knows is read when it is asked for.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"beside/broker/internal/store"
)

// readWithin bounds what a scrape waits for the database.
const readWithin = 5 * time.Second

// Metrics is what is told.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// New makes them for a broker of a version.
func New(version string, s *store.Store, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "beside_http_request_seconds", Help: "How long requests took, by route and status. Streams are left out.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "beside_build_info", Help: "1, with the version.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.requests, &counts{store: s, log: log},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe notes a request that was answered.
func (m *Metrics) Observe(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Handler serves GET /metrics.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// counts is a collector of what the database knows.
type counts struct {
	store *store.Store
	log   *slog.Logger
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	tickets  = desc("beside_tickets", "Tickets, by state.", "state")
	overdue  = desc("beside_tickets_overdue", "Open tickets whose help is overdue.")
	sessions = desc("beside_sessions", "Sessions that have not ended, by phase.", "phase")
	events   = desc("beside_log_events_total", "Events in the audit log.")
	signed   = desc("beside_log_signed_events_total", "Events of it under the newest checkpoint.")
	recorded = desc("beside_recordings_bytes", "What recordings take.")
	alarms   = desc("beside_alarms_untaken", "Alarms of requesters that no administrator took up.")
)

// Describe implements prometheus.Collector.
func (c *counts) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{tickets, overdue, sessions, events, signed, recorded, alarms} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *counts) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	var n store.Counts
	err := c.store.View(ctx, func(v *store.View) (err error) {
		n, err = v.Counts(time.Now())
		return err
	})
	if err != nil {
		c.log.Warn("metrics: the database was not read", "error", err)
		out <- prometheus.NewInvalidMetric(tickets, err) // a scrape that failed, not one of zeros
		return
	}
	gauge := func(d *prometheus.Desc, value int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	for state, k := range n.Tickets {
		gauge(tickets, k, string(state))
	}
	for phase, k := range n.Sessions {
		gauge(sessions, k, string(phase))
	}
	gauge(overdue, n.Overdue)
	gauge(recorded, n.RecordedBytes)
	gauge(alarms, n.Alarms)
	out <- prometheus.MustNewConstMetric(events, prometheus.CounterValue, float64(n.Events))
	out <- prometheus.MustNewConstMetric(signed, prometheus.CounterValue, float64(n.Signed))
}
