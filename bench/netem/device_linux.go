package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// openDevice makes a TUN device, given as NAMESPACE:DEVICE, of a namespace that
// `ip netns add` has made.
func openDevice(where string) (*os.File, error) {
	namespace, name, ok := strings.Cut(where, ":")
	if !ok {
		return nil, fmt.Errorf("%q is not NAMESPACE:DEVICE", where)
	}
	type result struct {
		file *os.File
		err  error
	}
	made := make(chan result)
	go func() { // its thread has another namespace after this, so it must end with the goroutine
		runtime.LockOSThread()
		file, err := makeDevice("/run/netns/"+namespace, name)
		made <- result{file, err}
	}()
	r := <-made
	if r.err != nil {
		return nil, fmt.Errorf("make device %s: %w", where, r.err)
	}
	return r.file, nil
}

func makeDevice(namespace, name string) (*os.File, error) {
	ns, err := os.Open(namespace)
	if err != nil {
		return nil, err
	}
	defer ns.Close()
	if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("enter the namespace: %w", err)
	}
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), name), nil
}

func closedIsFine(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
