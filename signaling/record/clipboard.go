package record

// ClipboardFilled: the technician put a text on the requester's clipboard. How long it
// was is all that the log has of it: a hash of what is short can be found out by trying.
type ClipboardFilled struct {
	Bytes int `json:"bytes"`
}

// ClipboardRead: the technician was sent a text that was copied on the requester's
// machine.
type ClipboardRead struct {
	Bytes int `json:"bytes"`
}

// The kinds of the clipboard.
const (
	KindClipboardFilled Kind = "client.clipboard_filled"
	KindClipboardRead   Kind = "client.clipboard_read"
)

func (ClipboardFilled) kind() Kind { return KindClipboardFilled }
func (ClipboardRead) kind() Kind   { return KindClipboardRead }
