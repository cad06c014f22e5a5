//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// demoUser is who works at the demonstration desktop when the demonstration is started by root.
const demoUser = "beside-demo"

// account is the unprivileged person at the desktop.
type account struct {
	name     string
	uid, gid uint32
	home     string
	other    bool // not who we are: children need its credentials
}

// desktopAccount returns the current user or, for root, the demonstration's own user, created at first use:
// a client rightly refuses to run as root.
func desktopAccount() (account, error) {
	if os.Geteuid() != 0 {
		me, err := user.Current()
		if err != nil {
			return account{}, fmt.Errorf("look up the current user: %w", err)
		}
		return newAccount(me, false)
	}
	found, err := user.Lookup(demoUser)
	if _, unknown := errors.AsType[user.UnknownUserError](err); unknown {
		found, err = createUser()
	}
	if err != nil {
		return account{}, fmt.Errorf("look up user %s: %w", demoUser, err)
	}
	return newAccount(found, true)
}

func createUser() (*user.User, error) {
	out, err := exec.Command("useradd", "--system", "--create-home", "--shell", "/bin/bash",
		"--comment", "Beside demonstration", demoUser).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("useradd: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return user.Lookup(demoUser)
}

func newAccount(u *user.User, other bool) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("group id of %s: %w", u.Username, err)
	}
	return account{u.Username, uint32(uid), uint32(gid), u.HomeDir, other}, nil
}

// own gives a file or folder that we made to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}

// makeDir makes a folder that only the account may enter.
func (a account) makeDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return a.own(path)
}

// attributes are what a child needs to run as the account, without any of our other groups.
func (a account) attributes() *syscall.SysProcAttr {
	if !a.other {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: []uint32{}}}
}

// makeSocketFolder makes the folder of X sockets, which only root can make so that every user can trust it.
func (a account) makeSocketFolder() error {
	const folder = "/tmp/.X11-unix"
	if !a.other {
		return nil
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("make the X socket folder: %w", err)
	}
	if err := os.Chmod(folder, 0o777|os.ModeSticky); err != nil {
		return fmt.Errorf("open the X socket folder: %w", err)
	}
	return nil
}
