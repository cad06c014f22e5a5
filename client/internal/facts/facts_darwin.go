package facts

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"beside/signaling/control"
)

// readHere fills in what macOS says without another program. It returns no id of
// the machine: what there is of one takes a framework to read.
func readHere(_ context.Context, f *control.Facts) (own string) {
	f.Name, _ = os.Hostname() // without one it has no name
	if version, err := unix.Sysctl("kern.osproductversion"); err == nil {
		f.System = "macOS " + version
	}
	f.Build, _ = unix.Sysctl("kern.osversion") // empty: not read
	f.Processor, _ = unix.Sysctl("machdep.cpu.brand_string")
	if all, err := unix.SysctlUint64("hw.memsize"); err == nil {
		f.Memory = int64(min(all, 1<<53-1))
	}
	if boot, err := unix.SysctlTimeval("kern.boottime"); err == nil {
		f.Uptime = max(0, int64(time.Since(time.Unix(boot.Unix())).Seconds()))
	}
	var s unix.Statfs_t
	if unix.Statfs("/", &s) == nil && s.Blocks > 0 {
		size := int64(s.Bsize)
		f.Disks = []control.Disk{{
			Mount: "/", Kind: unix.ByteSliceToString(s.Fstypename[:]), Size: int64(s.Blocks) * size, Free: int64(s.Bavail) * size,
		}}
	}
	return ""
}
