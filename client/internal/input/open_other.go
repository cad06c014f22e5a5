//go:build !linux

package input

import "fmt"

// Open is for systems that this client cannot control yet: it returns ErrNoInput.
func Open(Witness) (Injector, error) {
	return nil, fmt.Errorf("%w: not yet on this system", ErrNoInput)
}

// LetGo has nothing to let go of where nothing can be held.
func LetGo([]Held) error { return nil }

// OwnHands tells when the person uses mouse or keyboard of their own.
type OwnHands struct{}

// WatchOwnHands returns ErrNoInput: not yet on this system.
func WatchOwnHands(func(using bool)) (*OwnHands, error) {
	return nil, fmt.Errorf("%w: not yet on this system", ErrNoInput)
}

// Close ends it.
func (o *OwnHands) Close() {}

// PanicKey is a combination of keys that works whatever window has the focus.
type PanicKey struct{}

// GrabPanicKey returns ErrNoInput: not yet on this system.
func GrabPanicKey(func()) (*PanicKey, error) {
	return nil, fmt.Errorf("%w: not yet on this system", ErrNoInput)
}

// Name is the combination that works.
func (p *PanicKey) Name() string { return "" }

// Close gives the combination back.
func (p *PanicKey) Close() {}
