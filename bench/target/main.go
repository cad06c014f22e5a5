// Command target is the desktop program that the bench measures through: a
// full-screen X window that draws scenes which a person would recognise, each
// picture with its number in black and white cells (code.go). Who sees the cells
// has seen that picture.
//
// It speaks HTTP on loopback (serve.go) and knows nothing of who looks.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/jezek/xgb/xproto"
)

func main() {
	display := flag.String("display", os.Getenv("DISPLAY"), "X display, such as :1")
	flag.Parse()
	if err := run(*display); err != nil {
		log.Fatalln("target:", err)
	}
}

func run(display string) error {
	s, err := openScreen(display)
	if err != nil {
		return err
	}
	defer s.conn.Close()
	t := &target{screen: s, scenes: newScenes(s)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { log.Fatalln("target:", http.Serve(listener, t.handler())) }()
	fmt.Printf("http://%s\n", listener.Addr()) // the bench reads this line
	return t.watch()
}

// watch answers keys with a letter, and clicks by taking the keyboard: no window
// manager gives it to this window.
func (t *target) watch() error {
	for {
		event, xerr := t.screen.conn.WaitForEvent()
		if event == nil && xerr == nil {
			return errors.New("the X server closed the connection")
		}
		switch e := event.(type) {
		case xproto.KeyPressEvent:
			if err := t.press(); err != nil {
				return err
			}
		case xproto.ButtonPressEvent:
			xproto.SetInputFocus(t.screen.conn, xproto.InputFocusPointerRoot, t.screen.window, e.Time)
		}
	}
}
