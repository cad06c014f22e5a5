//go:build !linux

package pointing

import "errors"

// Open reports that nothing can be drawn here yet.
func Open() (Pen, error) {
	return nil, errors.New("beside does not point on this operating system yet")
}
