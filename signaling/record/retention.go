package record

// SessionReleased: what is kept of the session may be deleted again.
type SessionReleased struct {
}

// RetentionChanged: personal data beside the log and recordings are kept for so many
// days after a session's end; 0: for good.
type RetentionChanged struct {
	PersonalDays  int `json:"personal"`
	RecordingDays int `json:"recordings"`
}

// The kinds of keeping and deleting.
const (
	KindSessionReleased  Kind = "session.released"
	KindRetentionChanged Kind = "retention.changed"
)

func (SessionReleased) kind() Kind  { return KindSessionReleased }
func (RetentionChanged) kind() Kind { return KindRetentionChanged }
