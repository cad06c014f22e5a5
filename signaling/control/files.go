package control

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of files.
const (
	MaxFileBytes     = 2147483648 // 2 GiB, of one file; TypeScript reads no 2 << 30
	MaxFiles         = 1000       // offered or asked for in one session
	MaxParallelFiles = 4          // under way at once
	MaxFileName      = 1024       // bytes of a name on the wire
	MaxPieceBytes    = 16 << 10   // of a file in one frame
)

// Put offers the requester's machine a file of the technician. N counts what one
// page offers and asks for. The same Put over another connection goes on with it.
type Put struct {
	N    int    `json:"n"`
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// Whole says that all of a file was sent, and what it must be.
type Whole struct {
	N      int    `json:"n"`
	SHA256 []byte `json:"sha256"`
}

// Get asks the person for a file: they pick one, and nobody else can. Over another
// connection it goes on with one that they picked, from the bytes that are there.
type Get struct {
	N    int   `json:"n"`
	From int64 `json:"from"`
}

// Kept says that the technician's page has all of a file, and what it got.
type Kept struct {
	N      int    `json:"n"`
	SHA256 []byte `json:"sha256"`
}

// Drop stops a file, whichever way it goes.
type Drop struct {
	N int `json:"n"`
}

// Taking lets the technician's page send a Put from this byte on, also once more.
type Taking struct {
	N    int   `json:"n"`
	From int64 `json:"from"`
}

// Stored says that a Put lies in the person's folder, as it was sent.
type Stored struct {
	N      int    `json:"n"`
	SHA256 []byte `json:"sha256"`
}

// Giving says that the person picked a file, whose bytes follow from there on.
type Giving struct {
	N    int    `json:"n"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	From int64  `json:"from"`
}

// Given says that all of a file was sent, and what it is.
type Given struct {
	N      int    `json:"n"`
	SHA256 []byte `json:"sha256"`
}

// DropReason says why a file came to nothing.
type DropReason string

// The reasons.
const (
	FileStopped  DropReason = "stopped"  // by the person
	FileDeclined DropReason = "declined" // the person picked none
	FileBusy     DropReason = "busy"     // too many at once, or the person picks one already
	FileTooMany  DropReason = "too_many" // in this session
	FileTooLarge DropReason = "too_large"
	FileNoSpace  DropReason = "no_space"
	FileDiffers  DropReason = "differs" // from what was sent: the hashes are not equal
	FileFailed   DropReason = "failed"  // it cannot be read or written there
	FileNoRight  DropReason = "no_right"
	FileLost     DropReason = "lost" // who sent it is gone, or it is not known any more
)

// Valid reports whether r is in the closed set.
func (r DropReason) Valid() bool {
	switch r {
	case FileStopped, FileDeclined, FileBusy, FileTooMany, FileTooLarge, FileNoSpace, FileDiffers, FileFailed, FileNoRight, FileLost:
		return true
	}
	return false
}

// Dropped says that a file comes to nothing.
type Dropped struct {
	N      int        `json:"n"`
	Reason DropReason `json:"reason"`
}

func (Put) controlType() string     { return "put" }
func (Whole) controlType() string   { return "whole" }
func (Get) controlType() string     { return "get" }
func (Kept) controlType() string    { return "kept" }
func (Drop) controlType() string    { return "drop" }
func (Taking) controlType() string  { return "taking" }
func (Stored) controlType() string  { return "stored" }
func (Giving) controlType() string  { return "giving" }
func (Given) controlType() string   { return "given" }
func (Dropped) controlType() string { return "dropped" }

func (m Put) validate() error {
	return errors.Join(fileNumber(m.N), fileName(m.Name), fileSize(m.Size))
}
func (m Whole) validate() error { return errors.Join(fileNumber(m.N), fileHash(m.SHA256)) }
func (m Get) validate() error   { return errors.Join(fileNumber(m.N), fileOffset(m.From)) }
func (m Kept) validate() error  { return errors.Join(fileNumber(m.N), fileHash(m.SHA256)) }
func (m Drop) validate() error  { return fileNumber(m.N) }

func (m Taking) validate() error { return errors.Join(fileNumber(m.N), fileOffset(m.From)) }
func (m Stored) validate() error { return errors.Join(fileNumber(m.N), fileHash(m.SHA256)) }
func (m Given) validate() error  { return errors.Join(fileNumber(m.N), fileHash(m.SHA256)) }

func (m Giving) validate() error {
	if m.From > m.Size {
		return errors.New("from is behind the end")
	}
	return errors.Join(fileNumber(m.N), fileName(m.Name), fileOffset(m.Size), fileOffset(m.From))
}

func (m Dropped) validate() error {
	if !m.Reason.Valid() {
		return errors.New("unknown reason")
	}
	return fileNumber(m.N)
}

func fileNumber(n int) error {
	if n < 1 || n > 1<<31-1 {
		return errors.New("n is out of bounds")
	}
	return nil
}

// fileName bounds a name; what is made of it is decided by who keeps the file.
func fileName(name string) error {
	if name == "" || len(name) > MaxFileName || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return errors.New("name is missing, too long or no text")
	}
	return nil
}

// fileSize lets a size that is too large pass: such a file is dropped with words.
func fileSize(n int64) error {
	if n < 0 || n > maxAmount {
		return errors.New("size is out of bounds")
	}
	return nil
}

func fileOffset(n int64) error {
	if n < 0 || n > MaxFileBytes {
		return errors.New("an offset or size is out of bounds")
	}
	return nil
}

func fileHash(sum []byte) error {
	if len(sum) != sha256.Size {
		return errors.New("sha256 is no hash")
	}
	return nil
}

// FrameKind says what a frame of the channel "files" is.
type FrameKind uint8

// The kinds. Piece carries bytes of a file from Offset on; Took says that all of
// it up to Offset arrived, and carries none.
const (
	Piece FrameKind = 1
	Took  FrameKind = 2
)

// Name is what the kind is called in the scope table.
func (k FrameKind) Name() string {
	switch k {
	case Piece:
		return "piece"
	case Took:
		return "took"
	}
	return ""
}

// Frame is one message of the channel "files", in bytes: kind, N in 4 and Offset in
// 8 (big endian), and the bytes of a Piece.
type Frame struct {
	Kind   FrameKind
	N      int
	Offset int64
	Bytes  []byte
}

// FrameHead is the length of a frame without the bytes of the file.
const FrameHead = 1 + 4 + 8

// AppendFrame writes a frame.
func AppendFrame(dst []byte, f Frame) []byte {
	dst = append(dst, byte(f.Kind))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.N))
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.Offset))
	return append(dst, f.Bytes...)
}

// DecodeFrame reads a frame. Its Bytes are those of raw.
func DecodeFrame(raw []byte) (Frame, error) {
	if len(raw) < FrameHead {
		return Frame{}, fmt.Errorf("%w: a frame of %d bytes", ErrMessage, len(raw))
	}
	f := Frame{Kind: FrameKind(raw[0]), N: int(binary.BigEndian.Uint32(raw[1:])), Bytes: raw[FrameHead:]}
	at := binary.BigEndian.Uint64(raw[5:])
	if at > MaxFileBytes || fileNumber(f.N) != nil {
		return Frame{}, fmt.Errorf("%w: a frame out of bounds", ErrMessage)
	}
	f.Offset = int64(at)
	switch n := len(f.Bytes); {
	case f.Kind == Piece && n > 0 && n <= MaxPieceBytes && f.Offset+int64(n) <= MaxFileBytes:
		return f, nil
	case f.Kind == Took && n == 0:
		return f, nil
	}
	return Frame{}, fmt.Errorf("%w: no such frame", ErrMessage)
}
