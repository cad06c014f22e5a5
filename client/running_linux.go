package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"beside/signaling/invite"
)

// errRunning reports that this link is being used by this account already.
var errRunning = errors.New("beside is already running for this link")

// knockWithin bounds the wait for the program that runs already.
const knockWithin = 3 * time.Second

// place is the name that stands for one link and account while its program
// runs: an abstract socket, which leaves no file behind.
func place(secret invite.Secret, uid int) *net.UnixAddr {
	join := secret.Join()
	sum := sha256.Sum256(append([]byte("beside/running/v1\x00"), join[:]...))
	return &net.UnixAddr{Net: "unix", Name: fmt.Sprintf("@beside-%d-%s", uid, hex.EncodeToString(sum[:16]))}
}

// claim takes the one place for this link and account, until free is called or
// the process is gone. It calls again whenever the account starts the program
// once more; free waits for the last call. A connection to the place carries
// nothing: that it was made, by this very account, is all it can say.
func claim(secret invite.Secret, uid int, again func()) (free func(), err error) {
	l, err := net.ListenUnix("unix", place(secret, uid))
	if errors.Is(err, syscall.EADDRINUSE) {
		return func() {}, errRunning
	}
	if err != nil {
		return func() {}, fmt.Errorf("take the place of this link: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return // closed by free, or out of files: a raise less
			}
			if of(c, uid) {
				again()
			}
			_ = c.Close() // tells the other that it is done
		}
	}()
	return func() { _ = l.Close(); <-done }, nil
}

// knock asks the program that has the place to put its windows in front.
func knock(secret invite.Secret, uid int) error {
	c, err := net.DialUnix("unix", nil, place(secret, uid))
	if err != nil {
		return fmt.Errorf("reach the program that runs: %w", err)
	}
	defer c.Close()
	if !of(c, uid) {
		return errors.New("the program that runs belongs to another account")
	}
	if err := c.SetReadDeadline(time.Now().Add(knockWithin)); err != nil {
		return fmt.Errorf("wait for the program that runs: %w", err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("the program that runs did not answer: %w", err)
	}
	return nil
}

// of reports whether the other end of c belongs to the account, by what the
// kernel says (SO_PEERCRED, unix(7)).
func of(c *net.UnixConn, uid int) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var peer *syscall.Ucred
	var asked error
	err = raw.Control(func(fd uintptr) {
		peer, asked = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	return err == nil && asked == nil && int(peer.Uid) == uid
}
