//go:build unix

package files

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// freeSpace is how many bytes this account may still write below path.
func freeSpace(path string) (free uint64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), true
}

// noSpace tells a full disk from other failures.
func noSpace(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return err
}
