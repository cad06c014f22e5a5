//go:build linux

package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
)

// familyWild makes an entry hold for any host name (Xauth.h): a desktop here is only reached on this machine.
const familyWild = 65535

// writeAuthority writes an X authority file with one fresh cookie that holds for every display. The server and
// the account's programs read the same file, so no cookie ever stands on a command line.
func writeAuthority(path string, owner account) error {
	cookie := make([]byte, 16)
	rand.Read(cookie) // never fails (crypto/rand)
	entry := binary.BigEndian.AppendUint16(nil, familyWild)
	for _, field := range [][]byte{nil, nil, []byte("MIT-MAGIC-COOKIE-1"), cookie} {
		entry = binary.BigEndian.AppendUint16(entry, uint16(len(field)))
		entry = append(entry, field...)
	}
	if err := os.WriteFile(path, entry, 0o600); err != nil {
		return fmt.Errorf("write X authority: %w", err)
	}
	return owner.own(path)
}
