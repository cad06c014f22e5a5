package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"beside/client/internal/screen"
	"beside/signaling/invite"
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

// errRunning reports that this link is being used by this account already.
var errRunning = errors.New("beside is already running for this link")

// claim takes the one place for this link and account, until free is called or
// the process is gone. An abstract socket leaves no file behind.
func claim(secret invite.Secret, uid int) (free func(), err error) {
	join := secret.Join()
	sum := sha256.Sum256(append([]byte("beside/running/v1\x00"), join[:]...))
	name := fmt.Sprintf("@beside-%d-%s", uid, hex.EncodeToString(sum[:16]))
	l, err := net.Listen("unix", name)
	if errors.Is(err, syscall.EADDRINUSE) {
		return func() {}, errRunning
	}
	if err != nil {
		return func() {}, err
	}
	return func() { _ = l.Close() }, nil
}
