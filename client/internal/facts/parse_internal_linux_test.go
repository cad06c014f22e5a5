package facts

import (
	"slices"
	"testing"

	"beside/signaling/control"
)

func TestDisksAreListedOnce(t *testing.T) {
	const mounts = `proc /proc proc rw 0 0
/dev/nvme0n1p2 / ext4 rw 0 0
/dev/nvme0n1p2 /srv/bind ext4 rw 0 0
/dev/loop3 /snap/core squashfs ro 0 0
/dev/loop4 /mnt/image ext4 ro 0 0
files:/home /home nfs4 rw 0 0
/dev/sda1 /media/My\040Stick vfat rw 0 0
/dev/sdb1 /gone xfs rw 0 0
short
`
	got := disks([]byte(mounts), func(path string) (int64, int64, bool) { return 100, 40, path != "/gone" })
	want := []control.Disk{{Mount: "/", Kind: "ext4", Size: 100, Free: 40}, {Mount: "/media/My Stick", Kind: "vfat", Size: 100, Free: 40}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestParsing(t *testing.T) {
	name, cores := processor([]byte("processor\t: 0\nmodel name\t: A (R) 1\nprocessor\t: 1\nmodel name\t: A (R) 1\n"), 1)
	if name != "A (R) 1" || cores != 2 {
		t.Errorf("processor %q × %d", name, cores)
	}
	all, free := memory([]byte("MemTotal:       16155272 kB\nMemFree: 1 kB\nMemAvailable:    8077636 kB\nHugePages_Total: 0\n"))
	if all != 16155272<<10 || free != 8077636<<10 {
		t.Errorf("memory %d, %d", all, free)
	}
	if n := installs([]byte("Inst libc6 [1] (2 Debian)\nConf libc6\nInst tzdata\n")); n != 2 {
		t.Errorf("%d updates, want 2", n)
	}
	if n := bytesOf(1<<60, 4096); n != 0 {
		t.Errorf("more than a number holds is %d", n)
	}
	for in, want := range map[string]string{"a\tb\x00 <c>": "a b c", "a\u202eb": "a b", `C:\`: "C:"} {
		if got := line(in); got != want {
			t.Errorf("line(%q) = %q, want %q", in, got, want)
		}
	}
}
