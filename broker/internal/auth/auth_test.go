package auth_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"beside/broker/internal/auth"
	"beside/broker/internal/secret"
)

func TestTruncate(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.77":          "192.0.2.0/24",
		"::ffff:192.0.2.77":   "192.0.2.0/24",
		"2001:db8:1:2:3:4::1": "2001:db8:1::/48",
		"fe80::1%eth0":        "fe80::/48",
		"127.0.0.1":           "127.0.0.0/24",
	} {
		if got := auth.Truncate(netip.MustParseAddr(in)); got != want {
			t.Errorf("Truncate(%s) = %s, want %s", in, got, want)
		}
	}
	if got := auth.Truncate(netip.Addr{}); got != "unknown" {
		t.Errorf("Truncate of no address = %s, want unknown", got)
	}
}

func TestParseRemote(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7:1234": "192.0.2.7", "[::ffff:192.0.2.7]:1": "192.0.2.7", "[fe80::1%eth0]:1": "fe80::1", "@": "invalid IP", "": "invalid IP",
	} {
		if got := auth.ParseRemote(in).String(); got != want {
			t.Errorf("ParseRemote(%q) = %s, want %s", in, got, want)
		}
	}
}

func attempts(th *auth.Throttle, address string, n int) (allowed int) {
	for range n {
		if th.Allow(netip.MustParseAddr(address)) {
			allowed++
		}
	}
	return allowed
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := auth.NewThrottle(auth.Limits{PerAddress: 5, Global: 20})
		for _, tc := range []struct {
			address string
			want    int
		}{
			{"192.0.2.1", 5},
			{"::ffff:192.0.2.1", 0}, // the same
			{"192.0.2.2", 5},
			{"2001:db8::1", 5},
			{"2001:db8::2", 0},     // the same subscriber
			{"2001:db8:0:1::1", 5}, // another
			{"192.0.2.3", 0},       // the global limit
		} {
			if got := attempts(th, tc.address, 10); got != tc.want {
				t.Errorf("%s got %d attempts, want %d", tc.address, got, tc.want)
			}
		}
		time.Sleep(time.Minute)
		if got := attempts(th, "192.0.2.1", 10); got != 5 {
			t.Errorf("a minute later %d attempts, want 5", got)
		}
	})
}

// However many addresses an attacker has, memory is bounded and the attacker
// still shares limits.
func TestThrottleIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := auth.NewThrottle(auth.Limits{PerAddress: 2, Global: 1_000_000})
		flood := func() (allowed int) {
			a := netip.MustParseAddr("10.0.0.0")
			for range 100_000 {
				a = a.Next()
				if th.Allow(a) {
					allowed++
				}
			}
			return allowed
		}
		if got := flood(); got != 10_002 {
			t.Errorf("%d of 100000 addresses were let through, want those that have a place and 2", got)
		}
		time.Sleep(2 * time.Minute)
		if got := flood(); got != 10_002 {
			t.Errorf("later %d, want again as many: places are given back", got)
		}
	})
}

func TestCookieNames(t *testing.T) {
	for _, secure := range []bool{true, false} {
		c := auth.Cookie(secret.New("value"), secure)
		if c.Secure != secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || (c.Name == "__Host-beside") != secure {
			t.Errorf("Cookie(secure %v) = %+v", secure, c)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(c)
		if got := auth.ReadCookie(r, secure).Reveal(); got != "value" {
			t.Errorf("ReadCookie = %q, want value", got)
		}
		if !auth.ReadCookie(r, !secure).IsZero() {
			t.Error("a cookie of the other kind was read")
		}
	}
}
