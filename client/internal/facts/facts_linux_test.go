package facts_test

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"beside/client/internal/consent"
	"beside/client/internal/facts"
	"beside/signaling/control"
	"beside/signaling/grant"
)

func lease(t *testing.T) (*consent.Gate, *consent.Lease) {
	t.Helper()
	g := consent.NewGate()
	g.Allow(grant.SetOf(grant.Facts))
	l, ok := g.Lease(grant.Facts)
	if !ok {
		t.Fatal("no lease")
	}
	return g, l
}

// What is told of this machine is what the kernel says of it.
func TestFactsAreThoseOfThisMachine(t *testing.T) {
	_, l := lease(t)
	want := control.Display{Name: "DP-1", Width: 1920, Height: 1080}
	f, err := facts.Read(t.Context(), l, facts.Sources{
		Broker: "help.example", System: "Debian", Displays: func() ([]control.Display, error) { return []control.Display{want}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if host, _ := os.Hostname(); f.Name != host {
		t.Errorf("name %q, the kernel says %q", f.Name, host)
	}
	if release := first(t, "/proc/sys/kernel/osrelease"); f.Build != release {
		t.Errorf("build %q, the kernel says %q", f.Build, release)
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	if total := int64(info.Totalram) * int64(info.Unit); f.Memory != total || f.Free <= 0 || f.Free > total {
		t.Errorf("memory %d of which %d is free, the kernel says %d", f.Memory, f.Free, total)
	}
	if n := strings.Count(string(file(t, "/proc/cpuinfo")), "\nprocessor"); f.Cores < n {
		t.Errorf("%d cores, the kernel lists %d", f.Cores, n+1)
	}
	if f.Uptime <= 0 || f.Uptime > info.Uptime+5 || f.Uptime < info.Uptime-60 {
		t.Errorf("up for %d s, the kernel says %d", f.Uptime, info.Uptime)
	}
	if f.System != "Debian" || !slices.Equal(f.Displays, []control.Display{want}) {
		t.Errorf("what was known: %q, %v", f.System, f.Displays)
	}
	checkDisks(t, f)
	checkNetworks(t, f)
	if _, err := os.Stat("/usr/bin/apt-get"); err == nil != f.Has(control.FactUpdates) {
		t.Errorf("updates are read: %v, with apt: %v", f.Has(control.FactUpdates), err == nil)
	}
}

func checkDisks(t *testing.T, f control.Facts) {
	t.Helper()
	if len(f.Disks) == 0 && f.Has(control.FactDisks) {
		t.Error("no disks, and that is not said")
	}
	for _, d := range f.Disks {
		var s unix.Statfs_t
		if err := unix.Statfs(d.Mount, &s); err != nil {
			t.Errorf("disk %s: %v", d.Mount, err)
		} else if d.Size != int64(s.Blocks)*s.Bsize || d.Free < 0 || d.Free > d.Size {
			t.Errorf("disk %+v, the kernel says %d", d, int64(s.Blocks)*s.Bsize)
		}
	}
}

func checkNetworks(t *testing.T, f control.Facts) {
	t.Helper()
	for _, n := range f.Networks {
		in, err := net.InterfaceByName(n.Name)
		if err != nil {
			t.Fatal(err)
		}
		addresses, err := in.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range n.Addresses {
			if !slices.ContainsFunc(addresses, func(has net.Addr) bool { return strings.HasPrefix(has.String(), a+"/") }) {
				t.Errorf("%s has no address %s", n.Name, a)
			}
		}
	}
}

// A machine is another one with every broker, and the same with one.
func TestMachineIsKnownToOneBroker(t *testing.T) {
	own, err := os.ReadFile("/etc/machine-id")
	if err != nil || len(own) == 0 {
		t.Skip("this machine has no id")
	}
	_, l := lease(t)
	hurried, cancel := context.WithCancel(t.Context())
	cancel()
	ids := make([]string, 3)
	for i, broker := range []string{"a.example", "b.example", "a.example"} {
		f, err := facts.Read(hurried, l, facts.Sources{Broker: broker})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = f.Machine
	}
	if ids[0] == ids[1] || ids[0] != ids[2] || strings.Contains(ids[0], strings.TrimSpace(string(own))) {
		t.Errorf("ids %q of the machine %q", ids, own)
	}
}

// Without the right nothing is handed out, even if it was there a moment ago.
func TestNothingIsReadWithoutTheRight(t *testing.T) {
	g, l := lease(t)
	f, err := facts.Read(t.Context(), l, facts.Sources{Displays: func() ([]control.Display, error) {
		g.Revoke(grant.SetOf(grant.Facts))
		return nil, nil
	}})
	if !errors.Is(err, consent.ErrRevoked) || f.Memory != 0 {
		t.Errorf("got %+v, %v; want ErrRevoked and nothing", f, err)
	}
}

// A machine of which nothing can be read says so of everything.
func TestWhatCannotBeReadIsNamed(t *testing.T) {
	f := facts.Nothing()
	if err := f.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, fact := range control.AllFacts() {
		if f.Has(fact) {
			t.Errorf("%s counts as read", fact)
		}
	}
	_, l := lease(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // no time for the package manager
	got, err := facts.Read(ctx, l, facts.Sources{Displays: func() ([]control.Display, error) { return nil, errors.New("no screen") }})
	if err != nil {
		t.Fatal(err)
	}
	for _, fact := range []control.Fact{control.FactSystem, control.FactDisplays, control.FactUpdates} {
		if got.Has(fact) {
			t.Errorf("%s counts as read", fact)
		}
	}
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func first(t *testing.T, path string) string {
	t.Helper()
	text, _, _ := strings.Cut(string(file(t, path)), "\n")
	return text
}
