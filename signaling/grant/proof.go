package grant

import (
	"crypto/ed25519"
	"crypto/sha256"
	"time"
)

// Every statement that a key's holder signs begins with a label of its own and
// a zero byte, so that no signature can be shown as another.
const (
	labelRedeem = "beside/redeem/v1\x00"
	labelToken  = "beside/token/v1\x00"
	labelPop    = "beside/pop/v1\x00"
	labelGrant  = "beside/grant/v1\x00"
)

// RedeemStatement is what the client signs to redeem an invitation: it holds
// the private half of key.
func RedeemStatement(join [32]byte, key ed25519.PublicKey) []byte {
	return append(append([]byte(labelRedeem), join[:]...), key...)
}

// TokenStatement is what either side signs to be given a fresh join token.
func TokenStatement(role Role, session string, at time.Time) []byte {
	return []byte(labelToken + string(role) + "\x00" + session + "\x00" + at.UTC().Format(time.RFC3339))
}

// PopStatement is what the holder of a join token signs over the broker's nonce
// to open a socket at host ("help.example:8443"): a stolen token opens none
// (the idea of DPoP, RFC 9449, once a connection).
func PopStatement(nonce []byte, token, host string) []byte {
	sum := sha256.Sum256([]byte(token))
	s := append([]byte(labelPop), nonce...)
	return append(append(s, sum[:]...), host...)
}
