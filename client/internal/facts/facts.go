// Package facts reads what the requester's machine says of itself: its system,
// processor, memory, disks, network, and updates that wait. It reads once, as the
// account that runs it, changes nothing and asks no other machine. What cannot be
// read is named, not guessed.
package facts

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// readWithin bounds the reading: a package manager may be slow.
const readWithin = 20 * time.Second

const machineLabel = "beside/machine/v1\x00"

// Sources is what the reader is told.
type Sources struct {
	Broker   string // its host: the machine's id is for it alone
	System   string // how the system calls itself, where that is known already
	Displays func() ([]control.Display, error)
}

// Read reads the facts under the right to them, and stops when it goes: then it
// returns consent.ErrRevoked. It takes up to 20 seconds.
func Read(ctx context.Context, l *consent.Lease, from Sources) (control.Facts, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	watched := make(chan struct{})
	defer func() { cancel(); <-watched }()
	go func() {
		defer close(watched)
		select {
		case <-l.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	f := control.Facts{System: from.System, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Updates: unknown}
	f.Networks = networks()
	f.Displays = displays(from.Displays)
	f.Machine = idFor(readHere(ctx, &f), from.Broker)
	select {
	case <-l.Done():
		return control.Facts{}, consent.ErrRevoked
	default:
	}
	tidy(&f)
	return f, f.Validate()
}

// Nothing is what a machine says of itself of which nothing can be read.
func Nothing() control.Facts { return control.Facts{Arch: runtime.GOARCH, Unread: control.AllFacts()} }

// unknown stands for a number that could not be read, until tidy.
const unknown = -1

// idFor is what the machine is called by one broker. Nobody can tell the machine's
// own id from it, nor that two brokers mean the same machine. Empty when it has none.
func idFor(own, broker string) string {
	if own == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(own))
	mac.Write([]byte(machineLabel + broker))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// networks lists the interfaces that are up and have an address that another
// machine could reach.
func networks() (all []control.Network) {
	found, err := net.Interfaces()
	if err != nil {
		return nil
	}
	for _, in := range found {
		if in.Flags&net.FlagUp == 0 || in.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, err := in.Addrs()
		if err != nil {
			continue
		}
		n := control.Network{Name: in.Name}
		for _, a := range addresses {
			if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
				n.Addresses = append(n.Addresses, ip.IP.String())
			}
		}
		if len(n.Addresses) > 0 {
			all = append(all, n)
		}
	}
	return all
}

func displays(read func() ([]control.Display, error)) []control.Display {
	if read == nil {
		return nil
	}
	all, err := read()
	if err != nil {
		return nil
	}
	return all
}

// tidy makes what was read fit the bounds, and names what is missing.
func tidy(f *control.Facts) {
	for _, s := range []*string{&f.Name, &f.System, &f.Build, &f.Arch, &f.Processor} {
		*s = line(*s)
	}
	f.Disks = f.Disks[:min(len(f.Disks), control.MaxDisks)]
	for i := range f.Disks {
		f.Disks[i].Mount, f.Disks[i].Kind = line(f.Disks[i].Mount), line(f.Disks[i].Kind)
	}
	f.Displays = f.Displays[:min(len(f.Displays), control.MaxDisplays)]
	for i := range f.Displays {
		f.Displays[i].Name = line(f.Displays[i].Name)
	}
	f.Networks = f.Networks[:min(len(f.Networks), control.MaxNetworks)]
	for i := range f.Networks {
		n := &f.Networks[i]
		n.Name, n.Addresses = line(n.Name), n.Addresses[:min(len(n.Addresses), control.MaxAddresses)]
	}
	for fact, missing := range map[control.Fact]bool{
		control.FactSystem: f.System == "", control.FactBuild: f.Build == "", control.FactProcessor: f.Processor == "",
		control.FactMemory: f.Memory == 0, control.FactDisks: len(f.Disks) == 0, control.FactDisplays: len(f.Displays) == 0,
		control.FactNetwork: len(f.Networks) == 0, control.FactUptime: f.Uptime == 0, control.FactUpdates: f.Updates == unknown,
	} {
		if missing {
			f.Unread = append(f.Unread, fact)
		}
	}
	slices.Sort(f.Unread)
	f.Updates = max(f.Updates, 0)
}

// line makes a text from the machine one that can be shown, of bounded length. It
// leaves out what JSON writes as several characters.
func line(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) || strings.ContainsRune(`<>&"\`, r) {
			return ' '
		}
		return r
	}, s)), " ")
	for len(s) > control.MaxFactBytes {
		runes := []rune(s)
		s = string(runes[:len(runes)-1])
	}
	return s
}
