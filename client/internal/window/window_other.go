//go:build !linux

package window

import (
	"golang.org/x/text/language"

	"beside/signaling/texts"
)

// Speak has the program speak a language.
func Speak(tag language.Tag) { texts.Speak(tag) }

// New reports ErrNotYet: the windows of this operating system are not written.
func New(Config) (UI, error) { return nil, ErrNotYet }

// Main calls f and returns when it returns.
func Main(f func()) { f() }
