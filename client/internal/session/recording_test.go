package session_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"beside/client/internal/session"
	"beside/client/internal/window"
	"beside/internal/evil"
	"beside/signaling/auditors"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

var recorded = grant.SetOf(grant.View, grant.Record)

// published is a list of two auditors, the root that signed it, and a key of the list.
func published(t *testing.T) (list []byte, root ed25519.PublicKey, auditor *age.X25519Identity) {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	body := auditors.Body{Organisation: "Example", Number: 1, Time: time.Now()}
	for _, name := range []string{"Ines Audit", "Recovery"} {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		auditor = id
		body.Recipients = append(body.Recipients, auditors.Recipient{Name: name, Key: id.Recipient().String()})
	}
	l, err := auditors.Sign(key, body)
	if err != nil {
		t.Fatal(err)
	}
	if list, err = l.Marshal(); err != nil {
		t.Fatal(err)
	}
	return list, pub, auditor
}

// recording starts a session of an organisation with that policy.
func recording(t *testing.T, mode string, p *person, change ...func(*session.Config)) (*stage, *evil.Viewer) {
	t.Helper()
	st := &stage{
		t: t, broker: evil.NewBroker(t), invite: evil.NewInvitation(t), person: p, desk: newDesk(), over: make(chan struct{}),
	}
	st.broker.Recording = mode
	st.broker.Auditors, _, st.auditor = published(t)
	st.start(change...)
	v := st.viewer(func(v *evil.Viewer) {
		v.Token = st.broker.AccessToken(st.invite.Public(), both.Union(recorded), grant.MaxAccessLife)
	})
	st.verified(v)
	return st, v
}

func (st *stage) question(n int) window.Question {
	st.t.Helper()
	st.eventually("a question is open", func() bool {
		st.person.mu.Lock()
		defer st.person.mu.Unlock()
		return len(st.person.questions) > n
	})
	st.person.mu.Lock()
	defer st.person.mu.Unlock()
	return st.person.questions[n]
}

// claim waits for an event and reads its data.
func claim[D any](st *stage, kind record.Kind) (d D) {
	st.t.Helper()
	st.told(kind, func(raw string) bool {
		if err := json.Unmarshal([]byte(raw), &d); err != nil {
			st.t.Fatal(err)
		}
		return true
	})
	return d
}

// Recording is a question of its own; who can open it stands in it, and in the log.
// One click ends it, and the rest goes on.
func TestRecordingIsAskedOnItsOwn(t *testing.T) {
	st, v := recording(t, "allowed", allowing())
	v.Say(control.Ask{ID: "1", Scopes: grant.SetOf(grant.Record)})
	if m := heard(st, v, func(m control.AskDeclined) bool { return m.ID == "1" }); m.Reason != control.NotOffered {
		t.Errorf("a recording of nothing: %+v", m)
	}
	v.Say(control.Ask{ID: "2", Scopes: seeing})
	st.rights(v, seeing)
	if q := st.question(0); q.Scopes != seeing || len(q.Recording.Names) > 0 {
		t.Errorf("asked to see: %+v", q)
	}
	st.seen(v)
	st.never(record.KindRecordingStarted)
	v.Say(control.Ask{ID: "3", Scopes: grant.SetOf(grant.Record)})
	st.rights(v, recorded)
	q := st.question(1)
	if q.Scopes != grant.SetOf(grant.Record) || q.Recording.Required || len(q.Recording.Root) != 24 ||
		!slices.Equal(q.Recording.Names, []string{"Ines Audit", "Recovery"}) {
		t.Errorf("asked to record: %+v", q)
	}
	st.told(record.KindConsentGranted, func(raw string) bool { return strings.Contains(raw, `"recipients":["Ines Audit","Recovery"]`) })
	started := claim[record.RecordingStarted](st, record.KindRecordingStarted)
	st.eventually("the bar says so", func() bool { return st.person.theBar().now().Recorded })
	st.seen(v)
	st.person.theBar().acts <- window.StopRecording
	st.rights(v, seeing)
	ended := claim[record.RecordingEnded](st, record.KindRecordingEnded)
	if ended.Recording != started.Recording || ended.Chunks == 0 || ended.Reason != "stopped" {
		t.Errorf("ended: %+v", ended)
	}
	if st.person.theBar().now().Recorded {
		t.Error("the bar still says that it is recorded")
	}
	st.seen(v)
	st.eventually("the broker has it", func() bool { return len(st.broker.Uploads()) == ended.Chunks+1 })
	st.person.theBar().stop()
	st.ended("requester")
}

// Where it is required it is a part of the one question: no means no session, and
// nothing is shown or recorded.
func TestRequiredRecording(t *testing.T) {
	st, v := recording(t, "required", declining())
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	heard(st, v, func(m control.AskDeclined) bool { return m.Reason == control.Declined })
	if q := st.question(0); q.Scopes != recorded || !q.Recording.Required {
		t.Errorf("asked: %+v", q)
	}
	st.desk.draw()
	if _, frames, _ := v.Got(); frames > 0 || len(st.broker.Uploads()) > 0 {
		t.Errorf("after Decline: %d messages shown, %d parts uploaded", frames, len(st.broker.Uploads()))
	}
	st.never(record.KindRecordingStarted)
	st.never(record.KindCaptureStarted)

	st, v = recording(t, "required", allowing())
	v.Say(control.Ask{ID: "1", Scopes: both})
	st.rights(v, both.Union(recorded))
	st.seen(v)
	kinds := st.kinds()
	if slices.Index(kinds, record.KindRecordingStarted) > slices.Index(kinds, record.KindCaptureStarted) {
		t.Errorf("shown before it was recorded: %v", kinds)
	}
	if !st.person.theBar().now().Must {
		t.Error("the bar does not say that all ends with the recording")
	}
	st.person.theBar().acts <- window.StopRecording
	st.rights(v, grant.Set{})
	claim[record.RecordingEnded](st, record.KindRecordingEnded)
}

// A person who unticks the picture, or a window that forgot the recording, gives
// nothing where it is required.
func TestRequiredRecordingIsNotLeftOut(t *testing.T) {
	for name, scopes := range map[string]grant.Set{"without recording": seeing, "without the picture": grant.SetOf(grant.Record)} {
		t.Run(name, func(t *testing.T) {
			st, v := recording(t, "required", newPerson(func(context.Context, window.Question) window.Answer {
				return window.Answer{Scopes: scopes, How: window.Allowed}
			}))
			v.Say(control.Ask{ID: "1", Scopes: seeing})
			heard[control.AskDeclined](st, v, nil)
			st.never(record.KindConsentGranted)
		})
	}
}

// A broker names no recipient of its own: what another key signed is no list.
func TestBrokerCannotNameRecipients(t *testing.T) {
	_, pinned, _ := published(t)
	pin := func(c *session.Config) { c.AuditorsKey = auditors.FormatRoot(pinned) }
	st, v := recording(t, "allowed", allowing(), pin)
	v.Say(control.Ask{ID: "1", Scopes: recorded})
	st.rights(v, seeing)
	if q := st.question(0); q.Scopes != seeing {
		t.Errorf("asked: %+v", q)
	}
	st.never(record.KindRecordingStarted)

	st, v = recording(t, "required", allowing(), pin)
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	if m := heard[control.AskDeclined](st, v, nil); m.Reason != control.NotOffered {
		t.Errorf("without a list that is believed: %+v", m)
	}
	st.never(record.KindConsentAsked)
}

// The recording ends with the session, and is complete before the record is closed.
func TestRecordingEndsWithTheSession(t *testing.T) {
	st, v := recording(t, "required", allowing())
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	st.rights(v, recorded)
	st.seen(v)
	st.person.theBar().stop()
	st.ended("requester")
	kinds := st.kinds()
	at := slices.Index(kinds, record.KindRecordingEnded)
	if at < 0 || at > slices.Index(kinds, record.KindClientStopped) {
		t.Errorf("got %v", kinds)
	}
	ended := claim[record.RecordingEnded](st, record.KindRecordingEnded)
	if ended.Reason != "ended" || len(st.broker.Uploads()) != ended.Chunks+1 {
		t.Errorf("%+v, %d parts uploaded", ended, len(st.broker.Uploads()))
	}
}

// While the technician's page is away nothing is shown and nothing recorded, and the
// recording says so where somebody would look for it.
func TestWhatNobodyWasShownIsAGap(t *testing.T) {
	st, v := recording(t, "required", allowing())
	v.Say(control.Ask{ID: "1", Scopes: seeing})
	st.rights(v, recorded)
	st.seen(v)
	again := v.Reload(st.broker)
	v.Close()
	st.desk.draw()
	st.broker.Attach(again)
	st.rights(again, recorded)
	st.seen(again)
	st.person.theBar().stop()
	st.ended("requester")
	claim[record.RecordingEnded](st, record.KindRecordingEnded)
	if got := st.missing(); !slices.Equal(got, []string{"unseen"}) {
		t.Errorf("gaps %v, want one that nobody was shown", got)
	}
}

// missing opens what was uploaded and returns the reasons of its gaps.
func (st *stage) missing() (reasons []string) {
	t := st.t
	t.Helper()
	uploads := st.broker.Uploads()
	var key format.Key
	for path, body := range uploads {
		if !strings.HasSuffix(path, "/head") {
			continue
		}
		head, err := format.ParseHead(body)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := age.Decrypt(bytes.NewReader(head.Sealed), st.auditor)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(sealed)
		if err != nil {
			t.Fatal(err)
		}
		if key, err = format.ParseKey(raw); err != nil {
			t.Fatal(err)
		}
	}
	for path, body := range uploads {
		u, err := url.Parse(path)
		if err != nil || strings.HasSuffix(path, "/head") {
			continue
		}
		number := func(text string) uint64 { n, _ := strconv.ParseUint(text, 10, 64); return n }
		span := format.Span{
			N: number(u.Path[strings.LastIndex(u.Path, "/")+1:]), From: number(u.Query().Get("from")), To: number(u.Query().Get("to")),
			Flags: format.Flags(number(u.Query().Get("flags"))),
		}
		plain, err := key.Open(span, body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for r, err := range format.Records(span, plain) {
			if err != nil {
				t.Fatal(err)
			}
			if e, err := format.ParseEvent(r.Data); r.Kind == format.KindEvent && err == nil && e.Kind == format.Missing {
				reasons = append(reasons, e.Reason)
			}
		}
	}
	return reasons
}
