//go:build !linux

package clipboard

import "errors"

// Open reports that the clipboard is not reached here yet.
func Open() (Board, error) {
	return nil, errors.New("beside does not reach the clipboard on this operating system yet")
}
