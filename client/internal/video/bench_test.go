package video_test

import (
	"fmt"
	"image"
	"testing"
	"time"

	"beside/client/internal/video"
	"beside/signaling/display"
)

// BenchmarkEncode reports the time and the bytes of a picture of a film at 30 a second, key chunks left out.
func BenchmarkEncode(b *testing.B) {
	const pictures = 24
	for _, size := range []image.Point{{640, 360}, {1920, 1080}} {
		frames := make([]*display.Framebuffer, pictures)
		for i := range frames {
			frames[i] = &display.Framebuffer{}
			frames[i].Resize(size.X, size.Y)
			newFilm().draw(frames[i], frames[i].Bounds(), i)
		}
		for _, codec := range video.Codecs() {
			b.Run(fmt.Sprintf("%dx%d/%v", size.X, size.Y, codec), func(b *testing.B) {
				rate := size.X * size.Y * 4 // bit/s: 8.3 Mbit/s for 1080p
				if codec == video.JPEG {
					rate = 1e9 // at its best quality
				}
				encoder, err := video.New(codec, rate)
				if err != nil {
					b.Fatal(err)
				}
				defer encoder.Close()
				started := time.Now()
				at := time.Duration(0)
				next := func(i int) int {
					at += time.Second / 30
					i %= 2*pictures - 2 // there and back, so that no cut comes
					chunk, err := encoder.Encode(frames[min(i, 2*pictures-2-i)], frames[0].Bounds(), at, false)
					if err != nil {
						b.Fatal(err)
					}
					return len(chunk.Data)
				}
				next(0)
				b.ReportMetric(float64(time.Since(started).Milliseconds()), "ms-key")
				i, bytes := 0, 0
				for b.Loop() {
					i++
					bytes += next(i)
				}
				b.ReportMetric(float64(bytes)/float64(i)/1000, "KB/op")
			})
		}
	}
}
