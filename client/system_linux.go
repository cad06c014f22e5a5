package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"

	"beside/client/internal/screen"
)

// detect says what desktop this is, and why it cannot be shown if so.
func detect(getenv func(string) string) (screen.Kind, *screen.NotShowableError) {
	kind, err := screen.Detect(screen.EnvironmentOf(getenv))
	return kind, screen.AsNotShowable(err)
}

func openScreen(getenv func(string) string) (screen.Source, error) {
	return screen.Open(screen.EnvironmentOf(getenv))
}

// systemVersion is how the distribution calls itself.
func systemVersion() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "PRETTY_NAME="); ok {
			if name, err := strconv.Unquote(value); err == nil {
				return name
			}
			return value
		}
	}
	return ""
}
