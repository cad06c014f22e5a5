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

func TestThrottleSaysHowLongToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th, accounts := auth.NewThrottle(auth.Limits{PerAddress: 4, Global: 100}), auth.NewAccounts(4)
		a := netip.MustParseAddr("192.0.2.1")
		for name, take := range map[string]func() time.Duration{
			"network": func() time.Duration { return th.Take(a) },
			"account": func() time.Duration { return accounts.Take("ada@example.org") },
		} {
			for range 4 {
				if wait := take(); wait != 0 {
					t.Errorf("%s: the first four have to wait %v", name, wait)
				}
			}
			for range 3 { // being refused costs nothing
				if wait := take(); wait != 15*time.Second {
					t.Errorf("%s: wait = %v, want 15s", name, wait)
				}
			}
			time.Sleep(15 * time.Second)
			if wait := take(); wait != 0 {
				t.Errorf("%s: after the wait: %v more", name, wait)
			}
		}
		if wait := accounts.Take("bob@example.org"); wait != 0 {
			t.Errorf("another account waits %v", wait)
		}
	})
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                    "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0": "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":     "Safari on macOS",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":              "Chrome on Android",
		"curl/8.0":                  "Browser",
		"<script>alert(1)</script>": "Browser",
		"":                          "Browser",
	} {
		if got := auth.Device(agent); got != want {
			t.Errorf("Device(%q) = %q, want %q", agent, got, want)
		}
	}
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
