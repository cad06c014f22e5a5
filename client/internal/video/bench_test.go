package video_test

import (
	"bytes"
	"fmt"
	"image"
	"testing"
	"time"

	"beside/client/internal/video"
	"beside/signaling/display"
)

// BenchmarkEncode reports what a picture of a film at 30 a second costs: time on the clock, kilobytes, and how good
// the 60th is when Chromium shows it; the first, which is a key chunk, apart. The rate is 4 bit/s for each pixel,
// JPEG has its best quality.
func BenchmarkEncode(b *testing.B) {
	browser := startChromium(b)
	for _, size := range []image.Point{{640, 360}, {1920, 1080}} {
		reel := newReel(size)
		for _, codec := range video.Codecs() {
			b.Run(fmt.Sprintf("%dx%d/%v", size.X, size.Y, codec), func(b *testing.B) {
				rate := 4 * size.X * size.Y
				if codec == video.JPEG {
					rate = 1e9
				}
				encoder, err := video.New(codec, rate)
				if err != nil {
					b.Fatal(err)
				}
				defer encoder.Close()
				n := 0
				next := func() video.Chunk {
					frame := reel.frame(n)
					chunk, err := encoder.Encode(frame, frame.Bounds(), time.Duration(n)*interval, false)
					if err != nil {
						b.Fatal(err)
					}
					n++
					return chunk
				}

				started := time.Now()
				chunks := []video.Chunk{{Data: bytes.Clone(next().Data), Key: true}}
				key := time.Since(started)
				for n < 60 {
					chunk := next()
					chunks = append(chunks, video.Chunk{Data: bytes.Clone(chunk.Data), Key: chunk.Key})
				}
				last := reel.frame(n - 1)
				quality := psnr(browser.decode(b, codec, chunks, size), last, last.Bounds())
				sum, count := 0, 0
				for b.Loop() {
					sum += len(next().Data)
					count++
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(count), "ms/op")
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(sum)/float64(count)/1000, "KB/op")
				b.ReportMetric(quality, "dB")
				b.ReportMetric(float64(key.Microseconds())/1000, "key-ms")
				b.ReportMetric(float64(len(chunks[0].Data))/1000, "key-KB")
			})
		}
	}
}

// reel is a film drawn beforehand, played there and back so that it has no cut.
type reel []display.Framebuffer

func newReel(size image.Point) reel {
	r := make(reel, 24)
	film := newFilm()
	for i := range r {
		r[i].Resize(size.X, size.Y)
		film.draw(&r[i], r[i].Bounds(), i)
	}
	return r
}

func (r reel) frame(n int) *display.Framebuffer {
	n %= 2*len(r) - 2
	return &r[min(n, 2*len(r)-2-n)]
}
