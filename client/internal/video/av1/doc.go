// Package av1 encodes AV1 in real time by libaom: profile 0 (4:2:0) or profile 1
// (4:4:4), constant bit rate, no look-ahead, key frames on demand only. It exists
// in builds with cgo and the tag "video".
//
// The settings follow what Chromium's remote desktop uses: tools that cost more
// time than they save bits are off.
package av1
