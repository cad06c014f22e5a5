package record

// AttachmentAdded: a file was kept with a ticket.
type AttachmentAdded struct {
	Attachment string `json:"attachment"`
	Bytes      int64  `json:"bytes"`
}

// AttachmentRemoved: a file of a ticket was deleted; Reason is technician or retention.
type AttachmentRemoved struct {
	Attachment string `json:"attachment"`
	Reason     string `json:"reason"`
}

// The kinds of attachments.
const (
	KindAttachmentAdded   Kind = "ticket.attachment_added"
	KindAttachmentRemoved Kind = "ticket.attachment_removed"
)

func (AttachmentAdded) kind() Kind   { return KindAttachmentAdded }
func (AttachmentRemoved) kind() Kind { return KindAttachmentRemoved }
