package schedule_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/mail"
	"beside/broker/internal/schedule"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// Weeks and months begin where people live, also when the clocks change in between.
func TestNextAndPeriod(t *testing.T) {
	for name, tt := range map[string]struct{ every, zone, now, next, from, to string }{
		"in the week":        {"week", "UTC", "2026-03-04T12:00:00Z", "2026-03-09T06:00:00Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"},
		"Monday before six":  {"week", "UTC", "2026-03-02T05:59:59Z", "2026-03-02T06:00:00Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"},
		"Monday at six":      {"week", "UTC", "2026-03-02T06:00:00Z", "2026-03-09T06:00:00Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"},
		"summer time begins": {"week", "Europe/Berlin", "2026-03-25T12:00:00Z", "2026-03-30T04:00:00Z", "2026-03-15T23:00:00Z", "2026-03-22T23:00:00Z"},
		"over it":            {"week", "Europe/Berlin", "2026-03-30T04:00:00Z", "2026-04-06T04:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"},
		"it is Monday there": {"week", "Asia/Tokyo", "2026-03-01T20:00:00Z", "2026-03-01T21:00:00Z", "2026-02-22T15:00:00Z", "2026-03-01T15:00:00Z"},
		"a month":            {"month", "America/New_York", "2026-03-31T12:00:00Z", "2026-04-01T10:00:00Z", "2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z"},
		"the year turns":     {"month", "UTC", "2026-12-31T12:00:00Z", "2027-01-01T06:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
	} {
		zone, err := schedule.Zone(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		now := at(t, tt.now)
		if got := schedule.Next(tt.every, zone, now); !got.Equal(at(t, tt.next)) {
			t.Errorf("%s: next %s, want %s", name, got.UTC(), tt.next)
		}
		if from, to := schedule.Period(tt.every, zone, now); !from.Equal(at(t, tt.from)) || !to.Equal(at(t, tt.to)) {
			t.Errorf("%s: %s to %s, want %s to %s", name, from.UTC(), to.UTC(), tt.from, tt.to)
		}
	}
	for _, name := range []string{"", "Local", "Nowhere/Land", "../etc/passwd"} {
		if _, err := schedule.Zone(name); err == nil {
			t.Errorf("%q is a zone", name)
		}
	}
}

// Each report goes out once, over restarts and whatever was missed.
func TestEachReportIsMadeOnce(t *testing.T) {
	dir := t.TempDir()
	var s *store.Store
	open := func() *schedule.Maker {
		t.Helper()
		var err error
		if s, err = store.Open(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		j := journal.New(s)
		return &schedule.Maker{Store: s, Journal: j, Desk: "https://help.desk.example", Log: slog.New(slog.DiscardHandler),
			Mail: &mail.Desk{Address: "desk@desk.example", Organisation: "Example Help Desk"}}
	}
	m := open()
	if err := m.Journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		sc, err := tx.InsertSchedule(store.Schedule{Every: schedule.Week, Zone: "Europe/Berlin", NextAt: at(t, "2026-03-02T05:00:00Z"),
			Addresses: []string{"boss@desk.example", "ada@desk.example"}})
		return []record.Event{record.New(record.ScheduleChanged{Schedule: sc.ID, Change: "added"}, record.ByBroker, record.Actor{Kind: record.Operator})}, err
	}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		now   string
		mails int // so far
	}{
		{"2026-03-02T04:59:00Z", 0}, {"2026-03-02T05:00:00Z", 2}, {"2026-03-02T05:01:00Z", 2}, {"2026-03-08T23:00:00Z", 2},
		{"2026-03-09T05:00:30Z", 4}, {"2026-04-20T12:00:00Z", 6}, {"2026-04-20T12:01:00Z", 6},
	} {
		if err := m.Make(t.Context(), at(t, tt.now)); err != nil {
			t.Fatal(err)
		}
		var waiting []store.Mail
		if err := s.View(t.Context(), func(v *store.View) (err error) {
			waiting, err = v.MailsToSend(time.Now().AddDate(1, 0, 0), 100)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(waiting) != tt.mails {
			t.Errorf("%s: %d mails, want %d", tt.now, len(waiting), tt.mails)
		}
		if tt.mails == 6 && !slices.ContainsFunc(waiting, func(m store.Mail) bool {
			return m.Address == "ada@desk.example" && m.Subject == "Example Help Desk: 2026-04-13 to 2026-04-19"
		}) {
			t.Errorf("%s: %+v", tt.now, waiting)
		}
		if err := s.Close(); err != nil { // a restart between any two
			t.Fatal(err)
		}
		m = open()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
