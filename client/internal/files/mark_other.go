//go:build unix && !linux && !darwin

package files

import "os"

// mark does nothing: this system has no mark.
func mark(*os.File, string) {}

func markNamed(string, string, string) {}
