//go:build !linux

package main

import (
	"errors"

	"beside/client/internal/screen"
	"beside/signaling/invite"
)

// errRunning reports that this link is being used by this account already.
var errRunning = errors.New("beside is already running for this link")

// detect: New of package window says that this system has no windows yet.
func detect(func(string) string) (screen.Kind, *screen.NotShowableError) {
	return screen.KindNative, nil
}

func openScreen(func(string) string) (screen.Source, error) { return screen.OpenPortable() }

func systemVersion() string { return "" }

// openBrowser: package window says before that this system has no windows yet.
func openBrowser(string) error { return errors.ErrUnsupported }

func claim(invite.Secret, int, func()) (free func(), err error) { return func() {}, nil }

func knock(invite.Secret, int) error { return errRunning }
