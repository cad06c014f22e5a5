package peer_test

import (
	"errors"
	"strings"
	"testing"

	"beside/client/internal/peer"
)

const (
	head  = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	media = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
)

func line(hash, pair string) string {
	return "a=fingerprint:" + hash + " " + strings.TrimSuffix(strings.Repeat(pair+":", 32), ":") + "\r\n"
}

func TestFingerprint(t *testing.T) {
	one, other := line("sha-256", "AB"), line("sha-256", "CD")
	tests := []struct {
		name string
		sdp  string
		ok   bool
	}{
		{"at the session", head + one + media, true},
		{"at the media", head + media + one, true},
		{"at both, the same", head + one + media + one, true},
		{"at both, in other letters", head + one + media + strings.ToLower(one), true},
		{"none", head + media, false},
		{"at both, different", head + one + media + other, false},
		{"two at the media", head + media + one + other, false},
		{"at another media", head + media + one + media + other, false},
		{"another hash", head + media + line("sha-1", "AB"), false},
		{"another hash besides", head + media + one + line("sha-512", "AB"), false},
		{"too short", head + media + "a=fingerprint:sha-256 AB:CD\r\n", false},
		{"too long", head + media + strings.TrimSuffix(one, "\r\n") + ":AB\r\n", false},
		{"not hexadecimal", head + media + line("sha-256", "XY"), false},
		{"digits grouped otherwise", head + media + "a=fingerprint:sha-256 " + strings.Repeat("AB", 32) + "\r\n", false},
		{"not a description", "nonsense", false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := peer.Fingerprint(tt.sdp)
			if tt.ok {
				if err != nil || f[0] != 0xab || f[31] != 0xab {
					t.Errorf("got %x, %v, want abab…", f, err)
				}
			} else if !errors.Is(err, peer.ErrFingerprint) {
				t.Errorf("got %x, %v, want ErrFingerprint", f, err)
			}
		})
	}
}

// Whatever comes, there is one answer, and it is the same when asked again.
func FuzzFingerprint(f *testing.F) {
	f.Add(head + line("sha-256", "AB") + media)
	f.Add(head + media + line("sha-256", "AB") + line("sha-256", "CD"))
	f.Add("v=0\r\na=fingerprint")
	f.Fuzz(func(t *testing.T, sdp string) {
		one, err := peer.Fingerprint(sdp)
		again, errAgain := peer.Fingerprint(sdp)
		if one != again || (err == nil) != (errAgain == nil) {
			t.Errorf("two answers: %x %v, %x %v", one, err, again, errAgain)
		}
		if err == nil && !strings.Contains(strings.ToLower(sdp), "fingerprint") {
			t.Errorf("a fingerprint from nowhere: %x", one)
		}
	})
}
