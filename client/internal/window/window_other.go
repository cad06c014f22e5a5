//go:build !linux

package window

// New reports ErrNotYet: the windows of this operating system are not written.
func New(Config) (UI, error) { return nil, ErrNotYet }

// Main calls f and returns when it returns.
func Main(f func()) { f() }
