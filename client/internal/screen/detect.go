package screen

import (
	"errors"
	"fmt"
)

// Kind is what shows windows on this machine.
type Kind string

// The kinds that Detect tells apart.
const (
	KindNone    Kind = "none"    // no graphical session
	KindX11     Kind = "x11"     // an X server that holds the whole screen
	KindWayland Kind = "wayland" // a Wayland compositor, perhaps with an X server for old programs inside
	KindNative  Kind = "native"  // Windows or macOS
)

// NotShowableError says why this screen cannot be shown, in words for people.
type NotShowableError struct {
	Kind   Kind
	Text   string // what is the matter and what to do, one or two plain sentences
	Detail string // for the log, may be empty
}

func (e *NotShowableError) Error() string {
	if e.Detail == "" {
		return e.Text
	}
	return fmt.Sprintf("%s (%s)", e.Text, e.Detail)
}

func wayland(detail string) error {
	return &NotShowableError{
		Kind: KindWayland,
		Text: "This desktop uses Wayland, which does not let Beside see the screen yet. " +
			"Log out, choose a session called Xorg or X11 at the login screen, and open the link again.",
		Detail: detail,
	}
}

func none(detail string) error {
	return &NotShowableError{
		Kind:   KindNone,
		Text:   "There is no screen to show: this program was not started from a graphical desktop.",
		Detail: detail,
	}
}

// AsNotShowable returns the NotShowableError in err, or nil.
func AsNotShowable(err error) *NotShowableError {
	var e *NotShowableError
	if errors.As(err, &e) {
		return e
	}
	return nil
}
