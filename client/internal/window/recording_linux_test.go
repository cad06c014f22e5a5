package window_test

import (
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/window"
	"beside/signaling/grant"
)

const (
	declineEdgeX = -28 - 104 - 12 - 8 // inside Decline, beside its text
	paper        = 0xffffff           // that button, unless it listens and the pointer is on it
)

// The tick for a recording is off until the person sets it, also where nothing else is
// asked; where it is required there is no tick, and Allow is for both.
func TestConsentToRecord(t *testing.T) {
	who := window.Recording{Names: []string{"Ines Audit", "Recovery"}, Root: "ABCD EFGH IJKL MNOP QRST"}
	must := who
	must.Required = true
	asked := func(scopes, granted grant.Set, r window.Recording) window.Question {
		q := question(scopes)
		q.Granted, q.Recording = granted, r
		return q
	}
	seeing, record := grant.SetOf(grant.View), grant.SetOf(grant.Record)
	off := func(d *desk, w xproto.Window) bool { return d.at(w, allowEdgeX, buttonY) != accent }
	tests := []struct {
		name string
		q    window.Question
		act  func(d *desk, w xproto.Window)
		how  window.How
		want grant.Set
	}{
		{"alone, not ticked", asked(record, seeing, who), func(d *desk, w xproto.Window) {
			if d.step(w, keyTab); !off(d, w) {
				d.t.Error("Allow can be pressed, and nothing is ticked")
			}
			d.keys(keyEscape)
		}, window.Declined, grant.Set{}},
		{"alone, ticked", asked(record, seeing, who), func(d *desk, w xproto.Window) {
			for range 1 + len(window.Terms) {
				d.back(w)
			}
			d.step(w, keySpace)
			d.ready(w)
			d.click(w, allowX, buttonY)
		}, window.Allowed, record},
		{"beside the picture, not ticked", asked(seeing.Union(record), grant.Set{}, who), func(d *desk, w xproto.Window) {
			d.ready(w)
			d.click(w, allowX, buttonY)
		}, window.Allowed, seeing},
		{"beside the picture, ticked without it", asked(seeing.Union(record), grant.Set{}, who), func(d *desk, w xproto.Window) {
			d.ready(w)
			d.step(w, keyTab, keyTab, keySpace) // view off
			d.step(w, keyTab, keySpace)         // record on
			if !off(d, w) {
				d.t.Error("a recording of nothing can be allowed")
			}
			d.keys(keyEscape)
		}, window.Declined, grant.Set{}},
		{"required, allowed", asked(seeing.Union(record), grant.Set{}, must), func(d *desk, w xproto.Window) {
			d.ready(w)
			d.click(w, allowX, buttonY)
		}, window.Allowed, seeing.Union(record)},
		{"required, declined", asked(seeing.Union(record), grant.Set{}, must), func(d *desk, w xproto.Window) {
			d.ready(w)
			d.click(w, declineX, buttonY)
		}, window.Declined, grant.Set{}},
	}
	d := newDesk(t, true)
	u := d.open(window.Config{AllowAfter: 50 * time.Millisecond})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := d.with(t)
			answer := ask(t.Context(), u, tt.q)
			win := d.shown(u)
			d.until("Decline to be there", func() bool { return d.at(win, declineEdgeX, buttonY) == paper })
			d.moveTo(d.point(win, declineEdgeX, buttonY))
			d.until("Decline to listen", func() bool { return d.at(win, declineEdgeX, buttonY) != paper })
			tt.act(d, win)
			got := await(d, "an answer", answer)
			if got.err != nil || got.answer.How != tt.how || got.answer.Scopes != tt.want {
				t.Errorf("Ask: got %q %q, %v; want %q %q", got.answer.How, got.answer.Scopes, got.err, tt.how, tt.want)
			}
		})
	}
}
