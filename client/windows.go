package main

import (
	"fmt"
	"sync"

	"beside/client/internal/window"
)

// windows opens the windows when they are needed first.
type windows struct {
	mu sync.Mutex
	ui window.UI // nil until open
}

func (w *windows) open() (window.UI, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ui != nil {
		return w.ui, nil
	}
	ui, err := window.New(window.Config{})
	if err != nil {
		return nil, fmt.Errorf("open windows: %w", err)
	}
	w.ui = ui
	return ui, nil
}

// raise puts what is open in front of the person. Any goroutine may call it.
func (w *windows) raise() {
	if ui := w.opened(); ui != nil {
		ui.Raise()
	}
}

func (w *windows) close() {
	if ui := w.opened(); ui != nil {
		ui.Close()
	}
}

func (w *windows) opened() window.UI {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ui
}
