// Package clipboard puts text on the person's clipboard and reads what is copied
// there, each under a right of its own and at a single request: nothing of it is
// read because somebody could, and what was copied before the right is never read.
package clipboard

import (
	"context"
	"errors"

	"beside/client/internal/consent"
)

// Errors of a Board.
var (
	// ErrNothing: nothing was copied since Mark, or it is no text.
	ErrNothing = errors.New("no text was copied")
	// ErrSecret: a password manager marked it as secret.
	ErrSecret = errors.New("what was copied is marked as secret")
	// ErrTooLong: more than control.MaxClipboardBytes.
	ErrTooLong = errors.New("what was copied is too long")
)

// Board is the clipboard of the desktop. All methods are safe for every goroutine.
type Board interface {
	// Mark makes everything on the clipboard that was copied before unreadable.
	Mark()
	// Put puts a text on the clipboard, under the right to fill it. It stays until
	// something else is copied or the Board is closed.
	Put(ctx context.Context, l *consent.Lease, text string) error
	// Take reads the text that was copied since Mark, under the right to read it, in the
	// words of control.CleanClip. fresh wants what is copied at this very moment, and
	// waits a little for it.
	Take(ctx context.Context, l *consent.Lease, fresh bool) (string, error)
	// Close takes away what was put there.
	Close()
}
