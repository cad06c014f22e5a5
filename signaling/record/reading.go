package record

// AuditSearched: somebody searched the sessions. By names what it was searched by;
// Words is what they looked for, as far as it may be somebody's name.
type AuditSearched struct {
	By      []string `json:"by"`
	Effects []string `json:"effects,omitempty"`
	Words   string   `json:"words,omitempty" personal:"true"`
	Found   int      `json:"found"`
}

// AuditRead: somebody who had no part in a session looked at its record.
type AuditRead struct {
}

func (AuditSearched) kind() Kind { return KindAuditSearched }
func (AuditRead) kind() Kind     { return KindAuditRead }
