// Package vp9 encodes VP9 in real time by libvpx: profile 0 (4:2:0) or profile 1
// (4:4:4), constant bit rate, no look-ahead, key frames on demand only. It exists
// in builds with cgo and the tag "video".
package vp9
