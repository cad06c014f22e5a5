package session_test

import (
	"sync"

	"beside/client/internal/window"
)

// filesWindow is the person's window of files.
type filesWindow struct {
	stops  chan int
	opens  chan struct{}
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	state window.FilesState
}

func (w *filesWindow) Set(s window.FilesState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = s
}

func (w *filesWindow) now() []window.FileLine {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.Files
}

func (w *filesWindow) Stops() <-chan int       { return w.stops }
func (w *filesWindow) Opens() <-chan struct{}  { return w.opens }
func (w *filesWindow) Closed() <-chan struct{} { return w.closed }
func (w *filesWindow) Close()                  { w.once.Do(func() { close(w.closed) }) }
