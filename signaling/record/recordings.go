package record

// RecordingStarted: a recording began. Head is the SHA-256 of what opens it, in hex;
// List the number of the auditors' list, Root their key as base64url, and Recipients
// the names of those who can open it.
type RecordingStarted struct {
	Recording  string   `json:"recording"`
	Head       string   `json:"head"`
	List       uint64   `json:"list"`
	Root       string   `json:"root"`
	Recipients []string `json:"recipients"`
}

// RecordingKept: the broker has taken so many chunks; Root is that of their tree.
type RecordingKept struct {
	Recording string `json:"recording"`
	Chunks    int    `json:"chunks"`
	Root      []byte `json:"root"`
}

// RecordingEnded: a recording has these chunks and no more. Milliseconds is its
// length, Missing how much of it is in gaps; Reason says why it ended: stopped, ended
// or failed.
type RecordingEnded struct {
	Recording    string `json:"recording"`
	Chunks       int    `json:"chunks"`
	Root         []byte `json:"root"`
	Milliseconds int64  `json:"milliseconds"`
	Missing      int64  `json:"missing"`
	Reason       string `json:"reason"`
}

// RecordingViewed: an auditor opened a recording.
type RecordingViewed struct {
	Recording string `json:"recording"`
}

// RecordingExported: an auditor makes a video of a recording.
type RecordingExported struct {
	Recording string `json:"recording"`
}

// RecordingDeleted: what was kept of a recording was deleted; the leaves of its
// chunks stay. Reason is retention, erasure or request.
type RecordingDeleted struct {
	Recording string `json:"recording"`
	Chunks    int    `json:"chunks"`
	Reason    string `json:"reason"`
}

// RecordingPolicyChanged: whether sessions are recorded: off, allowed or required.
type RecordingPolicyChanged struct {
	Recording string `json:"recording"`
}

// The kinds of recordings.
const (
	KindRecordingStarted       Kind = "client.recording_started"
	KindRecordingKept          Kind = "client.recording_kept"
	KindRecordingEnded         Kind = "client.recording_ended"
	KindRecordingViewed        Kind = "recording.viewed"
	KindRecordingExported      Kind = "recording.exported"
	KindRecordingDeleted       Kind = "recording.deleted"
	KindRecordingPolicyChanged Kind = "policy.recording_changed"
)

func (RecordingStarted) kind() Kind       { return KindRecordingStarted }
func (RecordingKept) kind() Kind          { return KindRecordingKept }
func (RecordingEnded) kind() Kind         { return KindRecordingEnded }
func (RecordingViewed) kind() Kind        { return KindRecordingViewed }
func (RecordingExported) kind() Kind      { return KindRecordingExported }
func (RecordingDeleted) kind() Kind       { return KindRecordingDeleted }
func (RecordingPolicyChanged) kind() Kind { return KindRecordingPolicyChanged }
