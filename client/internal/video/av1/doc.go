// Package av1 encodes AV1 in real time by libaom: profile 0 (4:2:0) or profile 1
// (4:4:4), constant bit rate, no look-ahead, key frames on demand only. It exists
// in builds with cgo and the tag "video".
//
// Tools that cost more time than they save bits are off, as in the remote desktop
// and the conferences of browsers; docs/performance.md has what was measured.
package av1
