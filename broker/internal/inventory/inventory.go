// Package inventory keeps what helped machines say of themselves, and compares it with
// what they said before. It works inside a transaction of the caller's and returns the
// events of each change. It holds nothing.
package inventory

import (
	"slices"

	"beside/signaling/control"
)

// Changed names the facts that differ, in the order in which people read them. What
// changes by itself, such as free space and uptime, is left out, and so is what could
// not be read both times.
func Changed(before, after control.Facts) []control.Fact {
	differ := map[control.Fact]bool{
		control.FactSystem:    before.System != after.System || before.Name != after.Name,
		control.FactBuild:     before.Build != after.Build || before.Arch != after.Arch,
		control.FactProcessor: before.Processor != after.Processor || before.Cores != after.Cores,
		control.FactMemory:    before.Memory != after.Memory,
		control.FactDisks:     !slices.EqualFunc(before.Disks, after.Disks, sameDisk),
		control.FactDisplays:  !slices.Equal(before.Displays, after.Displays),
		control.FactNetwork:   !slices.EqualFunc(before.Networks, after.Networks, sameNetwork),
		control.FactUpdates:   before.Updates != after.Updates,
	}
	changed := []control.Fact{}
	for _, f := range control.AllFacts() {
		if differ[f] && before.Has(f) && after.Has(f) {
			changed = append(changed, f)
		}
	}
	return changed
}

func sameDisk(a, b control.Disk) bool {
	return a.Mount == b.Mount && a.Kind == b.Kind && a.Size == b.Size
}

func sameNetwork(a, b control.Network) bool {
	return a.Name == b.Name && slices.Equal(a.Addresses, b.Addresses)
}

// Fullest is the free part of the fullest disk, in percent rounded down; -1 when
// there is none.
func Fullest(f control.Facts) int {
	least := -1
	for _, d := range f.Disks {
		if d.Size > 0 {
			if free := int(float64(d.Free) / float64(d.Size) * 100); least < 0 || free < least {
				least = free
			}
		}
	}
	return least
}
