package record

// AuditorsPublished: there is a list of who can open recordings. Root is the key
// that signed it (signaling/auditors), as base64url; Recipients are their age keys.
type AuditorsPublished struct {
	Number     uint64   `json:"number"`
	Root       string   `json:"root"`
	Recipients []string `json:"recipients"`
}

func (AuditorsPublished) kind() Kind { return KindAuditorsPublished }
