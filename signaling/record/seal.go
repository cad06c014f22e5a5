package record

import (
	"encoding/binary"
)

const sealLabel = "beside/seal/v1\x00"

// SealStatement is what the technician's side signs with the invite key when a
// session is over: these are all the events that it has. Root is the RFC 6962
// root of their leaves, in order.
func SealStatement(session string, events int64, root []byte) []byte {
	s := append([]byte(sealLabel), session...)
	s = binary.BigEndian.AppendUint64(append(s, 0), uint64(events))
	return append(s, root...)
}
