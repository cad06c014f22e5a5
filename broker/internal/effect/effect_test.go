package effect_test

import (
	"slices"
	"testing"
	"time"

	"beside/broker/internal/effect"
	"beside/signaling/record"
	"beside/signaling/texts"
)

// at makes events one minute apart.
func at(data ...record.Data) []record.Event {
	begin := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	events := make([]record.Event, len(data))
	for i, d := range data {
		events[i] = record.New(d, record.ByClient, record.Actor{Kind: record.Requester})
		events[i].Time = begin.Add(time.Duration(i) * time.Minute)
	}
	return events
}

func granted(asked, scopes string) record.Data {
	return record.ConsentGranted{Asked: asked, Scopes: scopes}
}

func revoked(scopes, by string) record.Data { return record.RightsRevoked{Scopes: scopes, By: by} }

func TestEffects(t *testing.T) {
	idle := slices.Repeat([]record.Data{record.SharingPaused{}}, 28)
	long := slices.Concat([]record.Data{granted("view control", "view control")}, idle)
	for name, tc := range map[string]struct {
		events []record.Event
		want   []effect.Effect
	}{
		"nothing":  {nil, nil},
		"declined": {at(record.ConsentDeclined{Asked: "view", Reason: "declined"}), []effect.Effect{effect.Declined}},
		"shown":    {at(granted("view", "view"), record.CaptureStarted{}), []effect.Effect{effect.Shown}},
		"control later": {
			at(granted("view", "view"), granted("control", "view control"), record.ControlStarted{}, revoked("control", "requester")),
			[]effect.Effect{effect.Controlled, effect.Widened, effect.TakenBack},
		},
		"the same again is nothing more": {at(granted("view", "view"), granted("view", "view")), nil},
		"recording declined":             {at(granted("view", "view"), record.ConsentDeclined{Asked: "record"}), []effect.Effect{effect.RecordingRefused, effect.Declined}},
		"recording not ticked":           {at(granted("view record", "view")), []effect.Effect{effect.RecordingRefused}},
		"text copied out": {
			at(granted("view clipboard:fetch", "view clipboard:fetch"), record.ClipboardRead{Bytes: 9}), []effect.Effect{effect.CopiedOut},
		},
		"recorded":              {at(granted("view record", "view record"), record.RecordingStarted{}), []effect.Effect{effect.Recorded}},
		"29 minutes of control": {at(append(long, record.SessionEnded{})...), nil},
		"30 minutes of control": {at(append(long, record.SharingResumed{}, record.SessionEnded{})...), []effect.Effect{effect.ControlledLong}},
		"30 minutes with a break": {
			at(slices.Concat(long[:16], []record.Data{revoked("control", "technician"), granted("control", "view control")}, long[1:17])...),
			[]effect.Effect{effect.ControlledLong, effect.Widened},
		},
		"files": {
			at(granted("files:send", "files:send"), record.FileReceived{}, record.FileSent{}), []effect.Effect{effect.FileCame, effect.FileLeft},
		},
		"a part of a file left": {at(record.FileFailed{Direction: record.Fetched, Moved: 1}), []effect.Effect{effect.FileLeft}},
		"nothing of a file left": {
			at(record.FileFailed{Direction: record.Fetched}, record.FileFailed{Direction: record.Sent, Moved: 1}), nil,
		},
		"what is bad": {
			at(record.AlarmRaised{}, record.ScopeViolation{}, record.VerifyFailed{}, record.SessionSealed{}),
			[]effect.Effect{effect.Alarm, effect.Violation, effect.Unproven, effect.Incomplete},
		},
		"a whole record": {at(record.SessionSealed{Client: true}), nil},
	} {
		if got := effect.Of(tc.events); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// The client's own clock counts: what was told late was not done late.
func TestControlIsTimedByTheClient(t *testing.T) {
	events := at(granted("control", "view control"), revoked("control", "technician"))
	told := events[0].Time.Add(time.Hour)
	events[1].Time = told
	events[1].Signed = &record.Statement{Body: []byte(`{"time":"2026-03-04T05:07:07Z"}`)}
	events[0].Signed = &record.Statement{Body: []byte(`{"time":"2026-03-04T05:06:07Z"}`)}
	if got := effect.Of(events); len(got) != 0 {
		t.Errorf("a minute of control, told an hour later: %v", got)
	}
}

func TestEffectsHaveWords(t *testing.T) {
	for _, e := range effect.All() {
		if texts.Named("effect", string(e)) == string(e) {
			t.Errorf("%s has no words", e)
		}
	}
}
