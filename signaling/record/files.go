package record

// Direction is the way of a file, as the technician sees it.
type Direction string

// The directions.
const (
	Sent    Direction = "send"  // to the requester's machine
	Fetched Direction = "fetch" // from it
)

// FileReceived: a file of the technician lies in the requester's folder, as it was
// sent. Its name is personal and a client's statement is in the log as it was
// signed, so the name is left out here and below.
type FileReceived struct {
	Size int64  `json:"size"`
	Hash string `json:"hash"` // SHA-256, hex
}

// FileSent: a file that the requester picked went to the technician, whose page has
// it as it was.
type FileSent struct {
	Size int64  `json:"size"`
	Hash string `json:"hash"` // SHA-256, hex
}

// FileFailed: a file came to nothing. Moved is how many bytes of it arrived, or were
// sent: what is sent is out of the machine, whatever became of the rest.
type FileFailed struct {
	Direction Direction `json:"direction"`
	Size      int64     `json:"size"`
	Moved     int64     `json:"moved"`
	Reason    string    `json:"reason"`
}

// The kinds of files.
const (
	KindFileReceived Kind = "client.file_received"
	KindFileSent     Kind = "client.file_sent"
	KindFileFailed   Kind = "client.file_failed"
)

func (FileReceived) kind() Kind { return KindFileReceived }
func (FileSent) kind() Kind     { return KindFileSent }
func (FileFailed) kind() Kind   { return KindFileFailed }
