package evidence_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"beside/signaling/evidence"
	"beside/signaling/ledger"
	"beside/signaling/record"
	"beside/signaling/texts"
)

var update = flag.Bool("update", false, "rewrite the vectors")

// vector is one evidence file with what must be said of it. Other verifiers are
// tested by the same.
type vector struct {
	Name      string           `json:"name"`
	Log       string           `json:"log"`       // the key that the verifier is given; empty: none
	Witnesses []string         `json:"witnesses"` // those that must have signed
	Exit      int              `json:"exit"`
	Codes     []evidence.Code  `json:"codes"` // all that are found, sorted, each once
	File      *json.RawMessage `json:"file"`
}

// cases change an honest file or story.
func cases(t *testing.T) []vector {
	var all []vector
	add := func(name string, f evidence.File, trust evidence.Trust) {
		t.Helper()
		raw, err := f.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		r := evidence.Verify(f, trust)
		v := vector{Name: name, Log: trust.Log, Witnesses: trust.Witnesses, Exit: r.Exit(), File: (*json.RawMessage)(&raw)}
		for _, finding := range r.Findings {
			v.Codes = append(v.Codes, finding.Code)
		}
		slices.Sort(v.Codes)
		v.Codes = slices.Compact(v.Codes)
		all = append(all, v)
	}
	honest := func() (evidence.File, evidence.Trust) {
		s := newStory(t).tell()
		return s.evidence(), s.trust()
	}
	f, trust := honest()
	add("whole", f, trust)
	add("no key given", f, evidence.Trust{})
	add("another key given", f, evidence.Trust{Log: strings.Replace(f.Log, "help", "hilf", 1)})
	add("no witness asked for", f, evidence.Trust{Log: trust.Log})

	f, trust = honest()
	f.Events[3].Leaf = strings.Replace(f.Events[3].Leaf, "direct", "relay!", 1)
	add("a field changed", f, trust)
	f, trust = honest()
	f.Events = slices.Delete(f.Events, 4, 5)
	add("an event left out", f, trust)
	f, trust = honest()
	f.Events[1].Salt, f.Events[1].Personal = nil, ""
	add("personal data erased", f, trust)
	f, trust = honest()
	f.Events[1].Personal = strings.Replace(f.Events[1].Personal, "Grace", "Mallo", 1)
	add("personal data replaced", f, trust)
	f, trust = honest()
	f.ClientKey = public(key(9))
	add("another client's key", f, trust)
	f, trust = honest()
	f.Checkpoint = strings.Replace(f.Checkpoint, "\n18\n", "\n19\n", 1)
	add("the checkpoint changed", f, trust)
	f, trust = honest()
	f.Events[2], f.Events[3] = f.Events[3], f.Events[2]
	add("two swapped in the file", f, trust)

	s := newStory(t)
	s.broker(record.SessionJoined{Key: evidence.Thumbprint(public(s.client))})
	s.says(record.ClientStopped{Reason: "requester"})
	add("nothing sealed", s.evidence(), s.trust())

	s = newStory(t)
	s.broker(record.SessionJoined{Key: evidence.Thumbprint(public(s.client))})
	s.says(record.CaptureStarted{})
	s.seq++
	s.says(record.ClientSealed{})
	s.seal()
	add("a statement kept back by the broker", s.evidence(), s.trust())

	s = newStory(t).tell()
	s.viewer = key(8)
	s.countersign()
	add("countersigned by another key", s.evidence(), s.trust())

	s = newStory(t).tell()
	s.says(record.AlarmRaised{After: true})
	add("an alarm afterwards", s.evidence(), s.trust())
	s.says(record.AlarmRaised{After: true})
	add("an alarm twice", s.evidence(), s.trust())
	ofRecordings(t, add)
	return all
}

// TestVectors pins what is said of each file, byte for byte the same for other
// verifiers.
func TestVectors(t *testing.T) {
	const file = "testdata/vectors.json"
	got, err := json.MarshalIndent(cases(t), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is written now; run with -update and look at the difference", file)
	}
}

// TestFindings: each way to go wrong is found and named.
func TestFindings(t *testing.T) {
	want := map[string]struct {
		exit int
		code evidence.Code
	}{
		"whole":                               {evidence.ExitProven, evidence.SealWhole},
		"no key given":                        {evidence.ExitMissing, evidence.LogKeyUnconfirmed},
		"another key given":                   {evidence.ExitFalse, evidence.LogKeyOther},
		"no witness asked for":                {evidence.ExitProven, evidence.WitnessUnconfirmed},
		"a field changed":                     {evidence.ExitFalse, evidence.NotInLog},
		"an event left out":                   {evidence.ExitFalse, evidence.SealFalse},
		"personal data erased":                {evidence.ExitProven, evidence.PersonalErased},
		"personal data replaced":              {evidence.ExitFalse, evidence.PersonalFalse},
		"another client's key":                {evidence.ExitFalse, evidence.ClientKeyFalse},
		"the checkpoint changed":              {evidence.ExitFalse, evidence.CheckpointFalse},
		"two swapped in the file":             {evidence.ExitFalse, evidence.LeafOrder},
		"nothing sealed":                      {evidence.ExitMissing, evidence.SealMissing},
		"a statement kept back by the broker": {evidence.ExitFalse, evidence.ClientGap},
		"countersigned by another key":        {evidence.ExitMissing, evidence.TechnicianUnbound},
		"an alarm afterwards":                 {evidence.ExitProven, evidence.AfterSeal},
		"an alarm twice":                      {evidence.ExitFalse, evidence.ClientForked},

		"a recording":                                       {evidence.ExitProven, evidence.RecordingWhole},
		"a recording, a chunk changed":                      {evidence.ExitFalse, evidence.RecordingFalse},
		"a recording, its end cut off":                      {evidence.ExitFalse, evidence.RecordingLost},
		"a recording, a chunk more":                         {evidence.ExitFalse, evidence.RecordingFalse},
		"a recording, two chunks with each other's content": {evidence.ExitFalse, evidence.RecordingFalse},
		"a recording that is not listed":                    {evidence.ExitMissing, evidence.RecordingUnlisted},
		"a recording that nobody signed":                    {evidence.ExitFalse, evidence.RecordingUnsigned},
		"a recording with gaps":                             {evidence.ExitProven, evidence.RecordingGaps},
		"a recording without an end":                        {evidence.ExitMissing, evidence.RecordingOpen},
	}
	for _, v := range cases(t) {
		w, ok := want[v.Name]
		if !ok {
			t.Errorf("%s: not expected anywhere", v.Name)
		}
		if v.Exit != w.exit || !slices.Contains(v.Codes, w.code) {
			t.Errorf("%s: exit %d with %v, want %d with %s", v.Name, v.Exit, v.Codes, w.exit, w.code)
		}
	}
}

func TestNoByteOfALeafCanChange(t *testing.T) {
	s := newStory(t).tell()
	f := s.evidence()
	for i := range f.Events {
		leaf := f.Events[i].Leaf
		for at := 0; at < len(leaf); at += 11 {
			f.Events[i].Leaf = leaf[:at] + string(leaf[at]^1) + leaf[at+1:]
			if r := evidence.Verify(f, s.trust()); r.Exit() != evidence.ExitFalse {
				t.Fatalf("event %d, byte %d: exit %d", i, at, r.Exit())
			}
		}
		f.Events[i].Leaf = leaf
	}
}

func TestTimesAreChecked(t *testing.T) {
	s := newStory(t).tell()
	signed := s.evidence()
	head, err := ledger.Open([]byte(signed.Checkpoint), s.log.Verifier(), s.witness.Witness)
	if err != nil {
		t.Fatal(err)
	}
	stamp := head.Witnesses[0].Time
	for name, tc := range map[string]struct {
		seq  int64
		time time.Time
		want evidence.Code
	}{
		"as it was":           {head.Size, stamp, ""},
		"written later":       {head.Size + 1, stamp.Add(-time.Hour), evidence.Backdated},
		"seen before it was":  {head.Size, stamp.Add(time.Hour), evidence.TimeAfterWitness},
		"within the clocks":   {head.Size + 1, stamp.Add(-time.Minute), ""},
		"a later, later time": {head.Size + 1, stamp.Add(time.Hour), ""},
	} {
		var clock evidence.Clock
		clock.Witnessed(head)
		r := &evidence.Report{}
		clock.Event(r, record.Event{Seq: tc.seq, Time: tc.time})
		if (tc.want == "") != (len(r.Findings) == 0) || tc.want != "" && !r.Has(tc.want) {
			t.Errorf("%s: %v, want %s", name, r.Findings, tc.want)
		}
	}
	var clock evidence.Clock
	r := &evidence.Report{}
	clock.Event(r, record.Event{Seq: 1, Time: stamp})
	clock.Event(r, record.Event{Seq: 2, Time: stamp.Add(-time.Hour)})
	if !r.Has(evidence.TimeBackwards) {
		t.Errorf("a time that goes back: %v", r.Findings)
	}
}

// A file cannot act on the terminal, and every finding has its words.
func TestPrint(t *testing.T) {
	s := newStory(t).tell()
	s.broker(record.SessionEnded{Reason: "\x1b[2Jgone\u202e"})
	r := evidence.Verify(s.evidence(), s.trust())
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") || strings.Contains(out.String(), "[[") {
		t.Errorf("printed %q", out.String())
	}
	for _, want := range []string{"The requester allowed: view control [signed by the requester's program]", "192.0.2.0/24"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not printed: %s\n%s", want, out.String())
		}
	}
}

func FuzzVerify(f *testing.F) {
	s := newStory(f).tell()
	whole := s.evidence()
	raw, err := whole.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	withRecording := recorded(f, true, 0).evidence()
	withRecording.Recordings = []evidence.Recording{{Recording: recordingID, Leaves: leaves(4)}}
	if raw, err = withRecording.Marshal(); err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"format":"beside.evidence.v1","events":[{"leaf":"beside.audit.v1\n{}","proof":[]}]}`))
	honest := make(map[string]bool)
	for _, e := range slices.Concat(whole.Events, withRecording.Events) { // two logs of one key, which only tests have
		honest[e.Leaf] = true
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		file, err := evidence.Parse(in)
		if err != nil {
			return
		}
		r := evidence.Verify(file, s.trust())
		if r.Exit() == evidence.ExitProven {
			for _, e := range file.Events {
				if !honest[e.Leaf] {
					t.Errorf("proven, and never recorded: %q", e.Leaf)
				}
			}
			for _, one := range file.Recordings {
				if !reflect.DeepEqual(one, withRecording.Recordings[0]) {
					t.Errorf("proven, and never recorded: %v", one)
				}
			}
		}
		if err := r.Print(new(bytes.Buffer)); err != nil {
			t.Error(err)
		}
	})
}

func TestParseIsStrict(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing": "", "not JSON": "hello", "another format": `{"format":"beside.evidence.v2"}`, "unknown member": `{"format":"beside.evidence.v1","more":1}`,
		"something behind": `{"format":"beside.evidence.v1"} {}`, "a short hash": `{"format":"beside.evidence.v1","events":[{"leaf":"","proof":["AA=="]}]}`,
	} {
		if _, err := evidence.Parse([]byte(raw)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if files, err := filepath.Glob("testdata/*.json"); err != nil || len(files) == 0 {
		t.Errorf("no vectors: %v", err)
	}
}

// Every finding that there is has its words, and no words are left over.
func TestEveryFindingHasWords(t *testing.T) {
	source, err := os.ReadFile("report.go")
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, found := range regexp.MustCompile(`Code = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		known["verify."+found[1]] = true
	}
	words := make(map[string]bool)
	for _, k := range texts.Keys() {
		if strings.HasPrefix(k, "verify.") && strings.Count(k, ".") == 1 {
			words[k] = true
		}
	}
	if len(known) == 0 || !maps.Equal(known, words) {
		t.Errorf("findings %v, words %v", slices.Sorted(maps.Keys(known)), slices.Sorted(maps.Keys(words)))
	}
}
