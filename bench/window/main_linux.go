// Command window opens an empty window of the client's toolkit and waits: what it
// takes of memory, no client with windows can do without.
package main

import (
	"fmt"
	"log"
	"os"

	"gioui.org/app"
	"gioui.org/op"
)

func main() {
	go func() {
		if err := show(); err != nil {
			log.Fatalln("window:", err)
		}
		os.Exit(0)
	}()
	app.Main()
}

func show() error {
	var w app.Window
	var ops op.Ops
	shown := false
	for {
		switch e := w.Event().(type) {
		case app.DestroyEvent:
			return e.Err
		case app.FrameEvent:
			ops.Reset()
			e.Frame(&ops)
			if !shown {
				fmt.Println("shown") // the bench waits for this line
				shown = true
			}
		}
	}
}
