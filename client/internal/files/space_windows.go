package files

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
)

// freeSpace is how many bytes this account may still write below path.
func freeSpace(path string) (free uint64, known bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, false
	}
	return free, windows.GetDiskFreeSpaceEx(name, &free, nil, nil) == nil
}

// noSpace tells a full disk from other failures.
func noSpace(err error) error {
	if errors.Is(err, windows.ERROR_DISK_FULL) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return err
}
