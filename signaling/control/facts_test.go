package control_test

import (
	"slices"
	"strings"
	"testing"

	"beside/signaling/control"
)

// Whatever a machine has, what it says of itself is one message.
func TestLargestFactsAreOneMessage(t *testing.T) {
	const most = 1<<53 - 1
	long := strings.Repeat("é", control.MaxFactBytes/2)
	m := control.Facts{
		Machine: strings.Repeat("A", control.MachineChars), Name: long, System: long, Build: long, Arch: long, Processor: long,
		Cores: 1 << 20, Memory: most, Free: most, Uptime: most, Updates: 1 << 20,
		Disks:    slices.Repeat([]control.Disk{{Mount: long, Kind: long, Size: most, Free: most}}, control.MaxDisks),
		Displays: slices.Repeat([]control.Display{{Name: long, Width: 1 << 20, Height: 1 << 20}}, control.MaxDisplays),
		Networks: slices.Repeat([]control.Network{{
			Name:      long,
			Addresses: slices.Repeat([]string{"2001:db8:1111:2222:3333:4444:5555:6666"}, control.MaxAddresses),
		}}, control.MaxNetworks),
		Unread: control.AllFacts(),
	}
	raw, err := control.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > control.MaxMessageBytes {
		t.Errorf("%d bytes, want at most %d", len(raw), control.MaxMessageBytes)
	}
	if _, err := control.DecodeFromClient(raw); err != nil {
		t.Error(err)
	}
}

// An empty list is a list, also in what Go calls nil.
func TestFactsOfNothing(t *testing.T) {
	raw, err := control.Encode(control.Facts{Unread: control.AllFacts(), Networks: []control.Network{{Name: "lo"}}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "null") {
		t.Errorf("null in %s", raw)
	}
	m, err := control.DecodeFromClient(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.(control.Facts).Has(control.FactDisks) {
		t.Error("has disks that could not be read")
	}
}
