//go:build !(video && cgo)

package video

import (
	"errors"
	"image"
)

// interCodecs is empty: this build has only JPEG.
var interCodecs []Codec

func openCore(Codec, image.Point, int, int) (core, error) {
	return nil, errors.New("built without video codecs")
}
