package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"beside/signaling/grant"
)

// username is "<end of its life, Unix seconds>:<session>:<role>".
func username(expires time.Time, session string, role grant.Role) string {
	return strconv.FormatInt(expires.Unix(), 10) + ":" + session + ":" + string(role)
}

type credential struct {
	expires time.Time
	session string
	role    grant.Role
}

func parseUsername(user string) (credential, bool) {
	parts := strings.Split(user, ":")
	if len(parts) != 3 {
		return credential{}, false
	}
	unix, err := strconv.ParseInt(parts[0], 10, 64)
	c := credential{time.Unix(unix, 0), parts[1], grant.Role(parts[2])}
	return c, err == nil && c.session != "" && c.role.Valid()
}

func (r *Relay) password(user string) string {
	mac := hmac.New(sha256.New, r.key[:])
	mac.Write([]byte(user))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate gives the server the key that a request must be signed with.
// Only a live session has one. Credentials that ran out allocate nothing, but
// keep what was allocated with them, from the same address: an end cannot
// change the credentials of an allocation, and a relayed session would
// otherwise die with them.
func (r *Relay) authenticate(ra *turn.RequestAttributes) (user string, key []byte, ok bool) {
	c, ok := parseUsername(ra.Username)
	if !ok {
		return "", nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[c.session]
	if !ok {
		return "", nil, false
	}
	if !time.Now().Before(c.expires) {
		if ra.Method == stun.MethodAllocate || !s.sides[c.role].holds(ra.Username, ra.SrcAddr) {
			return "", nil, false
		}
	}
	return ra.Username, turn.GenerateAuthKey(ra.Username, ra.Realm, r.password(ra.Username)), true
}
