package evidence

import (
	"slices"
	"strconv"

	"beside/signaling/record"
)

// Kind says what a finding is.
type Kind string

// The kinds of findings.
const (
	Proven  Kind = "proven"
	Missing Kind = "missing" // not proven: what would prove it is not there
	False   Kind = "false"   // what is there contradicts itself
	Note    Kind = "note"    // worth knowing, and neither
)

// Code names a finding, for programs; the catalogue has its words under
// verify.<code>.
type Code string

// The findings.
const (
	LogKeyConfirmed    Code = "log-key"
	LogKeyUnconfirmed  Code = "log-key-unconfirmed"
	LogKeyOther        Code = "log-key-other"
	CheckpointSigned   Code = "checkpoint"
	CheckpointFalse    Code = "checkpoint-false"
	Witnessed          Code = "witness"
	WitnessUnconfirmed Code = "witness-unconfirmed"
	WitnessMissing     Code = "witness-missing"
	NoWitness          Code = "no-witness"
	Included           Code = "included"
	LeafMalformed      Code = "leaf-malformed"
	LeafForeign        Code = "leaf-foreign"
	LeafOrder          Code = "leaf-order"
	NotInLog           Code = "not-in-log"
	TimeBackwards      Code = "time-backwards"
	TimeAfterWitness   Code = "time-after-witness"
	Backdated          Code = "backdated"
	PersonalOpened     Code = "personal"
	PersonalErased     Code = "personal-erased"
	PersonalFalse      Code = "personal-false"
	ClientKeyFalse     Code = "client-key-false"
	ClientSigned       Code = "client-signed"
	ClientUnsigned     Code = "client-unsigned"
	ClientGap          Code = "client-gap"
	ClientForked       Code = "client-forked"
	ClientDiffers      Code = "client-differs"
	ClientComplete     Code = "client-complete"
	ClientIncomplete   Code = "client-incomplete"
	TechnicianSigned   Code = "technician-signed"
	TechnicianMissing  Code = "technician-missing"
	TechnicianUnbound  Code = "technician-unbound"
	TechnicianFalse    Code = "technician-false"
	SealWhole          Code = "seal"
	SealMissing        Code = "seal-missing"
	SealFalse          Code = "seal-false"
	AfterSeal          Code = "after-seal"
	RecordingWhole     Code = "recording"
	RecordingFalse     Code = "recording-false"
	RecordingLost      Code = "recording-lost"
	RecordingOpen      Code = "recording-open"
	RecordingUnlisted  Code = "recording-unlisted"
	RecordingUnsigned  Code = "recording-unsigned"
	RecordingGaps      Code = "recording-gaps"
	ChunksWhole        Code = "chunks"
	ChunkFalse         Code = "chunk-false"
	ChunksMissing      Code = "chunks-missing"
	Gap                Code = "gap"           // of the whole log: an event is not there
	TreeFalse          Code = "tree-false"    // of the whole log: kept hashes are not the events'
	RolledBack         Code = "rolled-back"   // of the whole log: less than was seen before
	Forked             Code = "forked"        // of the whole log: not what was seen before
	RowFalse           Code = "row-false"     // of the whole log: the index says otherwise than the event
	LogConsistent      Code = "consistent"    // of the whole log
	LogUnpublished     Code = "not-published" // of the whole log: events without a checkpoint yet
)

// Finding is one thing that verifying found. Event is the sequence number of
// the event that it is about, 0 for none; Values fill the placeholders of its
// words.
type Finding struct {
	Kind   Kind              `json:"kind"`
	Code   Code              `json:"code"`
	Event  int64             `json:"event,omitempty"`
	Values map[string]string `json:"values,omitempty"`
}

// Report is what verifying found, in order.
type Report struct {
	Findings []Finding `json:"findings"`
	// Story is the session's events as far as they are proven to be in the log.
	Story []record.Event `json:"-"`
}

// Exit codes of a verifier.
const (
	ExitProven  = 0 // nothing is false and nothing is missing
	ExitFalse   = 1 // something is false
	ExitMissing = 2 // nothing is false, something is not proven
)

// Exit is the exit code of a report.
func (r *Report) Exit() int {
	has := func(k Kind) bool {
		return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == k })
	}
	switch {
	case has(False):
		return ExitFalse
	case has(Missing):
		return ExitMissing
	}
	return ExitProven
}

// Has reports whether something was found.
func (r *Report) Has(c Code) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == c })
}

// Add notes a finding; pairs are names and values of its words.
func (r *Report) Add(k Kind, c Code, event int64, pairs ...string) {
	f := Finding{Kind: k, Code: c, Event: event}
	if event != 0 {
		pairs = append(pairs, "event", strconv.FormatInt(event, 10))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if f.Values == nil {
			f.Values = make(map[string]string)
		}
		f.Values[pairs[i]] = pairs[i+1]
	}
	r.Findings = append(r.Findings, f)
}

func number(n int) string { return strconv.Itoa(n) }
