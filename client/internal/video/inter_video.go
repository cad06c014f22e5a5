//go:build video && cgo

package video

import (
	"image"

	"beside/client/internal/video/av1"
	"beside/client/internal/video/vp9"
)

// interCodecs are the codecs that openCore knows.
var interCodecs = []Codec{VP9, VP9444, AV1, AV1444}

func openCore(c Codec, size image.Point, bitsPerSecond, threads int) (core, error) {
	switch c {
	case AV1, AV1444:
		return av1.New(av1.Config{
			Width: size.X, Height: size.Y, FullChroma: c == AV1444, BitsPerSecond: bitsPerSecond, Threads: threads,
		})
	default:
		return vp9.New(vp9.Config{
			Width: size.X, Height: size.Y, FullChroma: c == VP9444, BitsPerSecond: bitsPerSecond, Threads: threads,
		})
	}
}
