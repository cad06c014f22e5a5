package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"
)

// target draws scenes. Its methods may be called from any goroutine.
type target struct {
	screen *screen
	scenes map[string]*scene

	mu      sync.Mutex // guards what follows
	number  uint16     // of the last picture
	keys    uint16     // letters shown
	letters int        // shown in the band
}

// picture is one that was drawn: its number and when its requests went out, in
// microseconds since 1970.
type picture struct {
	Number uint16 `json:"number"`
	At     int64  `json:"at"`
}

// longestRun bounds a scene.
const longestRun = time.Minute

var errNoScene = errors.New("no such scene")

func (t *target) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /prepare/{scene}", answer(t.prepare))
	mux.HandleFunc("POST /draw/{scene}", answer(func(r *http.Request) (any, error) {
		sc, err := t.scene(r)
		if err != nil {
			return nil, err
		}
		return t.draw(sc)
	}))
	mux.HandleFunc("POST /run/{scene}", answer(t.run))
	mux.HandleFunc("POST /raise", answer(func(*http.Request) (any, error) {
		return struct{}{}, t.screen.stack(xproto.StackModeAbove)
	}))
	mux.HandleFunc("GET /now", answer(func(*http.Request) (any, error) {
		return map[string]int64{"at": time.Now().UnixMicro()}, nil
	}))
	mux.HandleFunc("GET /rows/next", answer(t.nextRows))
	mux.HandleFunc("GET /rows/screen", answer(t.screenRows))
	return mux
}

func answer(f func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		value, err := f(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value) // the bench is gone if this fails
	}
}

func (t *target) scene(r *http.Request) (*scene, error) {
	sc, ok := t.scenes[r.PathValue("scene")]
	if !ok {
		return nil, fmt.Errorf("%w: %s", errNoScene, r.PathValue("scene"))
	}
	return sc, nil
}

// prepare shows the scene's first picture and says where its codes are.
func (t *target) prepare(r *http.Request) (any, error) {
	sc, err := t.scene(r)
	if err != nil {
		return nil, err
	}
	if err := sc.prepare(); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.letters = 0
	s := t.screen
	if _, err := s.draw(func() {
		s.fill(0x2B2F36, rect(0, 0, s.width, bandH))
		sc.base()
		s.code(t.keys, keyCode)
		t.codes(sc)
	}); err != nil {
		return nil, err
	}
	return map[string]any{"frame": at(frameCode), "key": at(keyCode), "path": places(sc.path), "cell": cell,
		"number": t.number}, nil
}

// codes draws the picture's number. It is for paint functions.
func (t *target) codes(sc *scene) {
	if len(sc.path) > 0 {
		t.screen.code(t.number, sc.path[int(t.number)%len(sc.path)])
	}
	t.screen.code(t.number, frameCode)
}

// at is where the middle of a code's first cell is.
func at(p place) [2]int { return [2]int{p.X + cell + cell/2, p.Y + cell + cell/2} }

func places(path []place) [][2]int {
	middles := make([][2]int, len(path))
	for i, p := range path {
		middles[i] = at(p)
	}
	return middles
}

// draw shows the scene's next picture.
func (t *target) draw(sc *scene) (picture, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.number++
	when, err := t.screen.draw(func() {
		sc.frame(int(t.number))
		t.codes(sc)
	})
	return picture{t.number, when.UnixMicro()}, err
}

// run plays the scene for some time at its own rate and says what it drew.
func (t *target) run(r *http.Request) (any, error) {
	sc, err := t.scene(r)
	if err != nil {
		return nil, err
	}
	ms, err := strconv.Atoi(r.URL.Query().Get("ms"))
	length := time.Duration(ms) * time.Millisecond
	if err != nil || sc.hz == 0 || length > longestRun {
		return nil, fmt.Errorf("scene %s cannot run for %q ms", r.PathValue("scene"), r.URL.Query().Get("ms"))
	}
	ticks := time.NewTicker(time.Second / time.Duration(sc.hz))
	defer ticks.Stop()
	drawn := []picture{}
	for end := time.Now().Add(length); time.Now().Before(end); {
		select {
		case <-ticks.C:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		p, err := t.draw(sc)
		if err != nil {
			return nil, err
		}
		drawn = append(drawn, p)
	}
	return drawn, nil
}

// press answers a key with a letter in the band.
func (t *target) press() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys++
	s := t.screen
	x := keyCode.X + codeW + 16
	_, err := s.draw(func() {
		if t.letters %= 24; t.letters == 0 {
			s.fill(0xFBFBF8, rect(x, 16, 24*letterW, letterH))
		}
		s.copy(s.letters, int(t.keys)%26*letterW, 0, x+t.letters*letterW, 16, letterW, letterH)
		s.code(t.keys, keyCode)
	})
	t.letters++
	return err
}

// rows are some lines across the screen, to compare a viewer's picture with.
type rows struct {
	Width   int      `json:"width"`
	Ys      []int    `json:"ys"`
	Covered [][4]int `json:"covered"` // what other windows cover: x0, y0, x1, y1
	RGB     string   `json:"rgb"`     // of all lines, in base64
}

// lines are where rows are taken: below the band, above the lower code.
func (t *target) lines() []int {
	const wanted = 64
	first, last := bandH+cell, t.screen.height-codeH-2*cell
	ys := make([]int, wanted)
	for i := range ys {
		ys[i] = first + i*(last-first)/wanted
	}
	return ys
}

// nextRows gives rows of the page that "switch" shows next, as it will be seen.
func (t *target) nextRows(*http.Request) (any, error) {
	img := t.screen.next
	if img == nil {
		return nil, errors.New("no page is prepared")
	}
	covered, err := t.screen.covered()
	if err != nil {
		return nil, err
	}
	ys := t.lines()
	rgb := make([]byte, 0, 3*len(ys)*t.screen.width)
	for _, y := range ys {
		row := img.Pix[y*img.Stride : y*img.Stride+4*t.screen.width]
		for x := 0; x < len(row); x += 4 {
			rgb = append(rgb, row[x], row[x+1], row[x+2])
		}
	}
	return rows{t.screen.width, ys, corners(covered), base64.StdEncoding.EncodeToString(rgb)}, nil
}

// screenRows gives rows of what the screen shows now, other windows too.
func (t *target) screenRows(*http.Request) (any, error) {
	ys := t.lines()
	rgb := make([]byte, 0, 3*len(ys)*t.screen.width)
	for _, y := range ys {
		var err error
		if rgb, err = t.screen.pixels(rgb, y, 1); err != nil {
			return nil, err
		}
	}
	return rows{t.screen.width, ys, [][4]int{}, base64.StdEncoding.EncodeToString(rgb)}, nil
}

// corners are x0, y0, x1, y1 of each rectangle.
func corners(rects []image.Rectangle) [][4]int {
	all := make([][4]int, len(rects))
	for i, r := range rects {
		all[i] = [4]int{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y}
	}
	return all
}
