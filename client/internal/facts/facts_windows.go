package facts

import (
	"context"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"beside/signaling/control"
)

// readHere fills in what Windows says, and returns the machine's own id. Updates
// that wait cannot be read without asking the update service, which may ask others.
func readHere(_ context.Context, f *control.Facts) (own string) {
	f.Name, _ = os.Hostname() // without one it has no name
	f.Uptime = int64(windows.DurationSinceBoot().Seconds())
	f.Memory, f.Free = memory()
	f.Disks = disks()
	const version = `SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	f.System = setting(version, "ProductName") + " " + setting(version, "DisplayVersion")
	if f.Build = setting(version, "CurrentBuildNumber"); f.Build != "" {
		if patch := number(version, "UBR"); patch != 0 {
			f.Build += "." + strconv.FormatUint(patch, 10)
		}
	}
	f.Processor = setting(`HARDWARE\DESCRIPTION\System\CentralProcessor\0`, "ProcessorNameString")
	return setting(`SOFTWARE\Microsoft\Cryptography`, "MachineGuid")
}

func setting(path, name string) string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return ""
	}
	defer key.Close()
	value, _, err := key.GetStringValue(name)
	if err != nil {
		return ""
	}
	return value
}

func number(path, name string) uint64 {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return 0
	}
	defer key.Close()
	value, _, err := key.GetIntegerValue(name)
	if err != nil {
		return 0
	}
	return value
}

var globalMemoryStatus = windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")

// memory asks GlobalMemoryStatusEx, whose MEMORYSTATUSEX this is.
func memory() (all, free int64) {
	status := struct {
		length, load                                  uint32
		total, available                              uint64
		pageFile, pageLeft, virtual, left, extendLeft uint64
	}{}
	status.length = uint32(unsafe.Sizeof(status))
	if ok, _, _ := globalMemoryStatus.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return 0, 0
	}
	return bounded(status.total), bounded(status.available)
}

func disks() (all []control.Disk) {
	drives, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	for letter := range 26 {
		if drives&(1<<letter) == 0 {
			continue
		}
		mount := string(rune('A'+letter)) + ":"
		root, err := windows.UTF16PtrFromString(mount + `\`)
		if err != nil || windows.GetDriveType(root) != windows.DRIVE_FIXED {
			continue
		}
		var free, size, unused uint64
		if windows.GetDiskFreeSpaceEx(root, &free, &size, &unused) != nil {
			continue
		}
		kind := make([]uint16, windows.MAX_PATH+1)
		if windows.GetVolumeInformation(root, nil, 0, nil, nil, nil, &kind[0], uint32(len(kind))) != nil {
			kind[0] = 0
		}
		all = append(all, control.Disk{Mount: mount, Kind: windows.UTF16ToString(kind), Size: bounded(size), Free: bounded(free)})
	}
	return all
}

func bounded(n uint64) int64 { return int64(min(n, 1<<53-1)) }
