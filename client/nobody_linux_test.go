package main

import "syscall"

// nobody runs a child as an account without rights: the client refuses root.
func nobody() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}
