package video_test

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"beside/client/internal/video"
)

//go:embed testdata/decode.html
var decodePage []byte

// chromium decodes as the viewer does: a real browser, with a page that asks for work again and again.
type chromium struct {
	jobs    chan []byte
	results chan result
}

type result struct {
	rgba []byte
	err  error
}

// startChromium starts a browser for one test and its subtests.
func startChromium(t testing.TB) *chromium {
	t.Helper()
	c := &chromium{jobs: make(chan []byte), results: make(chan result)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(decodePage) })
	mux.HandleFunc("GET /job", func(w http.ResponseWriter, r *http.Request) {
		select {
		case job := <-c.jobs:
			_, _ = w.Write(job)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST /pixels", func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		c.results <- result{body, err}
	})
	mux.HandleFunc("POST /failed", func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.results <- result{nil, errors.New(string(body))}
	})
	server := httptest.NewServer(mux)
	profile, err := os.MkdirTemp("", "beside-chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--no-first-run", "--user-data-dir="+profile, server.URL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		server.CloseClientConnections()
		server.Close()
		for range 100 { // its children still write as they end
			if os.RemoveAll(profile) == nil {
				return
			}
			<-time.After(20 * time.Millisecond)
		}
		t.Errorf("Chromium still writes into %s", profile)
	})
	return c
}

// webCodecs are the names that WebCodecs has for the codecs; JPEG is decoded as an image.
var webCodecs = map[video.Codec]string{
	video.JPEG: "jpeg", video.VP9: "vp09.00.40.08", video.VP9444: "vp09.01.40.08.03",
	video.AV1: "av01.0.08M.08", video.AV1444: "av01.1.08M.08",
}

// decode has the page decode all chunks and returns the pixels of the last as its canvas shows them.
func (c *chromium) decode(t testing.TB, codec video.Codec, chunks []video.Chunk, size image.Point) []uint32 {
	t.Helper()
	job := fmt.Appendf(nil, "%-32s", webCodecs[codec])
	for _, chunk := range chunks {
		key := uint32(0)
		if chunk.Key {
			key = 1 << 31
		}
		job = binary.LittleEndian.AppendUint32(job, key|uint32(len(chunk.Data)))
		job = append(job, chunk.Data...)
	}
	deadline := time.After(time.Minute)
	select {
	case c.jobs <- job:
	case <-deadline:
		t.Fatal("Chromium does not ask for work")
	}
	select {
	case r := <-c.results:
		switch {
		case r.err != nil:
			t.Fatalf("Chromium cannot decode: %v", r.err)
		case len(r.rgba) != 4*size.X*size.Y:
			t.Fatalf("Chromium shows %d pixels, want %v", len(r.rgba)/4, size)
		}
		pix := make([]uint32, size.X*size.Y)
		for i := range pix {
			pix[i] = binary.BigEndian.Uint32(r.rgba[4*i:]) >> 8
		}
		return pix
	case <-deadline:
		t.Fatal("Chromium does not answer")
	}
	return nil
}
