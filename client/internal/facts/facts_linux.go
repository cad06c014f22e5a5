package facts

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"beside/signaling/control"
)

// onDisks are the file systems that lie on a disk of the machine, or are what
// stands for it in a container. Those of other machines are left out: asking them
// may take for ever.
var onDisks = map[string]bool{
	"ext2": true, "ext3": true, "ext4": true, "xfs": true, "btrfs": true, "zfs": true, "f2fs": true, "jfs": true, "bcachefs": true,
	"vfat": true, "exfat": true, "ntfs": true, "ntfs3": true, "fuseblk": true, "overlay": true,
}

// readHere fills in what Linux says, and returns the machine's own id.
func readHere(ctx context.Context, f *control.Facts) (own string) {
	f.Name, _ = os.Hostname() // without one it has no name
	f.Build = text("/proc/sys/kernel/osrelease")
	f.Processor, f.Cores = processor(read("/proc/cpuinfo"), f.Cores)
	f.Memory, f.Free = memory(read("/proc/meminfo"))
	f.Disks = disks(read("/proc/self/mounts"), space)
	seconds, _, _ := strings.Cut(text("/proc/uptime"), ".")
	f.Uptime, _ = strconv.ParseInt(seconds, 10, 64) // 0: not read
	f.Updates = updates(ctx)
	if own = text("/etc/machine-id"); own == "" {
		own = text("/var/lib/dbus/machine-id")
	}
	return own
}

// read returns a file of the system's; nothing when there is none.
func read(path string) []byte {
	raw, err := os.ReadFile(path) // #nosec G304 -- one of the constants above
	if err != nil {
		return nil
	}
	return raw
}

func text(path string) string { return strings.TrimSpace(string(read(path))) }

// processor reads /proc/cpuinfo. Some machines do not name theirs.
func processor(cpuinfo []byte, known int) (name string, cores int) {
	for key, value := range members(cpuinfo) {
		switch {
		case key == "processor":
			cores++
		case name == "" && (key == "model name" || key == "cpu model" || key == "Model"):
			name = value
		}
	}
	return name, max(cores, known)
}

// memory reads /proc/meminfo, which counts in KiB.
func memory(meminfo []byte) (all, free int64) {
	for key, value := range members(meminfo) {
		n, err := strconv.ParseInt(strings.TrimSuffix(value, " kB"), 10, 64)
		switch {
		case err != nil:
		case key == "MemTotal":
			all = n << 10
		case key == "MemAvailable":
			free = n << 10
		}
	}
	return all, free
}

// members are the lines "key: value" of a file.
func members(raw []byte) func(yield func(key, value string) bool) {
	return func(yield func(key, value string) bool) {
		lines := bufio.NewScanner(bytes.NewReader(raw))
		for lines.Scan() {
			if key, value, ok := strings.Cut(lines.Text(), ":"); ok && !yield(strings.TrimSpace(key), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// disks reads /proc/self/mounts: every device once, where it is mounted first.
func disks(mounts []byte, space func(path string) (size, free int64, ok bool)) (all []control.Disk) {
	seen := make(map[string]bool)
	lines := bufio.NewScanner(bytes.NewReader(mounts))
	for lines.Scan() && len(all) < control.MaxDisks {
		fields := strings.Fields(lines.Text())
		if len(fields) < 3 || !onDisks[fields[2]] || seen[fields[0]] || strings.HasPrefix(fields[0], "/dev/loop") {
			continue
		}
		path := unescape.Replace(fields[1])
		if size, free, ok := space(path); ok && size > 0 {
			seen[fields[0]] = true
			all = append(all, control.Disk{Mount: path, Kind: fields[2], Size: size, Free: free})
		}
	}
	return all
}

// unescape turns what the kernel writes for spaces back into them (proc_mounts(5)).
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func space(path string) (size, free int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, 0, false
	}
	return bytesOf(s.Blocks, s.Bsize), bytesOf(s.Bavail, s.Bsize), true
}

// bytesOf is 0 for more than a number holds.
func bytesOf(blocks uint64, size int64) int64 {
	const most = 1<<53 - 1
	if size <= 0 || blocks > most/uint64(size) {
		return 0
	}
	return int64(blocks) * size // #nosec G115 -- bounded just before
}

// aptGet is Debian's, and that of systems made of it.
const aptGet = "/usr/bin/apt-get"

// updates counts what an upgrade would install by what is known already: nothing is
// fetched, locked or changed.
func updates(ctx context.Context) int {
	if _, err := os.Stat(aptGet); err != nil {
		return unknown
	}
	c := exec.CommandContext(ctx, aptGet, "--simulate", "--quiet=2", "--option", "Debug::NoLocking=true", "dist-upgrade")
	c.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	out, err := c.Output()
	if err != nil {
		return unknown
	}
	return installs(out)
}

// installs counts the lines "Inst …" of what apt-get would do.
func installs(plan []byte) (n int) {
	for _, line := range bytes.Split(plan, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("Inst ")) {
			n++
		}
	}
	return n
}
