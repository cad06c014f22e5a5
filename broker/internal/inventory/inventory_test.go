package inventory_test

import (
	"slices"
	"testing"

	"beside/broker/internal/inventory"
	"beside/signaling/control"
)

func TestChanged(t *testing.T) {
	base := func() control.Facts {
		return control.Facts{
			Name: "desk-1", System: "Debian 12", Build: "6.1", Arch: "amd64", Processor: "A", Cores: 4, Memory: 8, Free: 1,
			Disks:    []control.Disk{{Mount: "/", Kind: "ext4", Size: 100, Free: 50}},
			Displays: []control.Display{{Name: "DP-1", Width: 1920, Height: 1080}},
			Networks: []control.Network{{Name: "eth0", Addresses: []string{"10.0.0.1"}}}, Uptime: 10, Updates: 3,
		}
	}
	tests := []struct {
		name   string
		change func(*control.Facts)
		want   []control.Fact
	}{
		{"nothing", func(*control.Facts) {}, nil},
		{"what changes by itself", func(f *control.Facts) { f.Free, f.Uptime, f.Disks[0].Free = 2, 99, 10 }, nil},
		{"more memory", func(f *control.Facts) { f.Memory = 16 }, []control.Fact{control.FactMemory}},
		{"a new name", func(f *control.Facts) { f.Name = "desk-2" }, []control.Fact{control.FactSystem}},
		{"another disk", func(f *control.Facts) { f.Disks = append(f.Disks, control.Disk{Mount: "/x", Size: 1}) }, []control.Fact{control.FactDisks}},
		{"another address", func(f *control.Facts) { f.Networks[0].Addresses = []string{"10.0.0.2"} }, []control.Fact{control.FactNetwork}},
		{"several", func(f *control.Facts) { f.Updates, f.Build, f.Cores, f.Displays = 0, "6.2", 8, nil },
			[]control.Fact{control.FactBuild, control.FactProcessor, control.FactDisplays, control.FactUpdates}},
		{"what could not be read", func(f *control.Facts) { f.Updates, f.Unread = 0, []control.Fact{control.FactUpdates} }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after := base()
			tt.change(&after)
			if got := inventory.Changed(base(), after); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if got := inventory.Changed(after, base()); !slices.Equal(got, tt.want) {
				t.Errorf("the other way: got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFullest(t *testing.T) {
	for want, disks := range map[int][]control.Disk{
		-1: {{Mount: "/", Size: 0, Free: 0}},
		7:  {{Size: 100, Free: 90}, {Size: 1 << 52, Free: 1 << 52 / 100 * 7}},
	} {
		got := inventory.Fullest(control.Facts{Disks: disks})
		if got != want && got != want-1 {
			t.Errorf("%v: got %d, want %d", disks, got, want)
		}
	}
}
