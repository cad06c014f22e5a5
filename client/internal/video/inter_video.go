//go:build video && cgo

package video

import (
	"image"

	"beside/client/internal/video/av1"
	"beside/client/internal/video/coding"
	"beside/client/internal/video/vp9"
)

// interCodecs are the codecs that openCore knows.
var interCodecs = []Codec{VP9, VP9444, AV1, AV1444}

func openCore(c Codec, size image.Point, bitsPerSecond, threads int) (core, error) {
	config := coding.Config{
		Width: size.X, Height: size.Y, FullChroma: c == AV1444 || c == VP9444, BitsPerSecond: bitsPerSecond, Threads: threads,
	}
	switch c {
	case AV1, AV1444:
		return av1.New(config)
	default:
		return vp9.New(config)
	}
}
