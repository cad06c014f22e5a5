package control

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"unicode"
)

// Bounds of Facts. All of it at its largest fits into one message.
const (
	MaxFactBytes = 100 // one text
	MaxDisks     = 12
	MaxDisplays  = 8
	MaxNetworks  = 8
	MaxAddresses = 4       // of one network
	MachineChars = 22      // of an id: 128 bits in base64url
	maxCount     = 1 << 20 // processors, updates, pixels
	maxAmount    = 1<<53 - 1
)

// Fact names a part of Facts.
type Fact string

// The parts, in the order in which people read them.
const (
	FactSystem    Fact = "system"
	FactBuild     Fact = "build"
	FactProcessor Fact = "processor"
	FactMemory    Fact = "memory"
	FactDisks     Fact = "disks"
	FactDisplays  Fact = "displays"
	FactNetwork   Fact = "network"
	FactUptime    Fact = "uptime"
	FactUpdates   Fact = "updates"
)

var allFacts = [...]Fact{
	FactSystem, FactBuild, FactProcessor, FactMemory, FactDisks, FactDisplays, FactNetwork, FactUptime, FactUpdates,
}

// AllFacts lists the closed set.
func AllFacts() []Fact { return slices.Clone(allFacts[:]) }

// Facts is what the requester's machine says of itself once they allowed it, read
// once and sent once to each connection. Sizes are in bytes. Machine is the same
// whenever this machine is helped through this broker, and another one with every
// other broker; empty when the machine has nothing to make one of.
type Facts struct {
	Machine   string    `json:"machine"`
	Name      string    `json:"name"`
	System    string    `json:"system"`
	Build     string    `json:"build"` // of the kernel, or the system's own number
	Arch      string    `json:"arch"`
	Processor string    `json:"processor"`
	Cores     int       `json:"cores"` // logical ones
	Memory    int64     `json:"memory"`
	Free      int64     `json:"free"` // of Memory
	Disks     []Disk    `json:"disks" nullable:"false"`
	Displays  []Display `json:"displays" nullable:"false"`
	Networks  []Network `json:"networks" nullable:"false"`
	Uptime    int64     `json:"uptime"`                  // seconds
	Updates   int       `json:"updates"`                 // that wait to be installed
	Unread    []Fact    `json:"unread" nullable:"false"` // cannot be read on this machine: what stands there says nothing
}

// Disk is one file system on a disk.
type Disk struct {
	Mount string `json:"mount"`
	Kind  string `json:"kind"` // such as ext4
	Size  int64  `json:"size"`
	Free  int64  `json:"free"` // for who uses the machine
}

// Display is one monitor.
type Display struct {
	Name   string `json:"name"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Network is one interface that is up, with the addresses others can reach.
type Network struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses" nullable:"false"`
}

func (Facts) controlType() string { return "facts" }

// Known reports whether f is in the closed set.
func (f Fact) Known() bool { return slices.Contains(allFacts[:], f) }

// Has reports whether the machine could read a fact.
func (m Facts) Has(f Fact) bool { return !slices.Contains(m.Unread, f) }

// Validate reports the first thing that is out of the bounds. Every text of it is
// one line that can be shown.
func (m Facts) Validate() error {
	if m.Machine != "" && !isMachine(m.Machine) {
		return errors.New("machine is no id")
	}
	for _, s := range []string{m.Name, m.System, m.Build, m.Arch, m.Processor} {
		if err := plain(s); err != nil {
			return err
		}
	}
	if m.Cores < 0 || m.Cores > maxCount || m.Updates < 0 || m.Updates > maxCount ||
		!amount(m.Memory) || !amount(m.Free) || !amount(m.Uptime) {
		return errors.New("a number is out of bounds")
	}
	if len(m.Disks) > MaxDisks || len(m.Displays) > MaxDisplays || len(m.Networks) > MaxNetworks {
		return errors.New("a list is too long")
	}
	for i, f := range m.Unread {
		if !f.Known() || slices.Contains(m.Unread[:i], f) {
			return errors.New("an unread fact is unknown or stands twice")
		}
	}
	return m.validateParts()
}

func (m Facts) validate() error {
	if m.Disks == nil || m.Displays == nil || m.Networks == nil || m.Unread == nil {
		return errors.New("a list is missing")
	}
	for _, n := range m.Networks {
		if n.Addresses == nil {
			return errors.New("a list is missing")
		}
	}
	return m.Validate()
}

func (m Facts) validateParts() error {
	for _, d := range m.Disks {
		if err := errors.Join(plain(d.Mount), plain(d.Kind)); err != nil {
			return err
		}
		if !amount(d.Size) || !amount(d.Free) {
			return errors.New("the size of a disk is out of bounds")
		}
	}
	for _, d := range m.Displays {
		if d.Width < 0 || d.Width > maxCount || d.Height < 0 || d.Height > maxCount {
			return errors.New("the size of a display is out of bounds")
		}
		if err := plain(d.Name); err != nil {
			return err
		}
	}
	for _, n := range m.Networks {
		if len(n.Addresses) > MaxAddresses {
			return errors.New("a network has too many addresses")
		}
		for _, a := range n.Addresses {
			if ip, err := netip.ParseAddr(a); err != nil || ip.Zone() != "" || ip.String() != a {
				return errors.New("an address is none")
			}
		}
		if err := plain(n.Name); err != nil {
			return err
		}
	}
	return nil
}

// Whole returns the same facts with no list that is nil: as JSON none is null.
func (m Facts) Whole() Facts {
	m.Disks, m.Displays, m.Unread = orNone(m.Disks), orNone(m.Displays), orNone(m.Unread)
	networks := make([]Network, len(m.Networks))
	for i, n := range m.Networks {
		networks[i] = Network{n.Name, orNone(n.Addresses)}
	}
	m.Networks = networks
	return m
}

func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// plain refuses a text that is too long, or that cannot be shown as one line.
func plain(s string) error {
	if len(s) > MaxFactBytes {
		return fmt.Errorf("a text of %d bytes, at most %d", len(s), MaxFactBytes)
	}
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return errors.New("a text that cannot be shown")
		}
	}
	return nil
}

func amount(n int64) bool { return n >= 0 && n <= maxAmount }

func isMachine(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return len(s) == MachineChars
}
