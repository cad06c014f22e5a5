package session

import (
	"crypto/ed25519"
	"testing"
	"time"

	"beside/broker/internal/store"
)

// A key is believed as long as it must be and no longer, also while nobody
// restarts or turns anything: stale says when to read them anew.
func TestRetiredKeyIsNotBelievedForever(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	key := func(id string, activated, retired time.Time) store.SigningKey {
		return store.SigningKey{ID: id, Seed: make([]byte, ed25519.SeedSize), ActivatedAt: activated, RetiredAt: retired}
	}
	present := key("present", now, time.Time{})
	for name, tc := range map[string]struct {
		kept  []store.SigningKey
		keys  int
		stale time.Time
	}{
		"none retired":     {[]store.SigningKey{key("next", time.Time{}, time.Time{}), present}, 2, time.Time{}},
		"just retired":     {[]store.SigningKey{present, key("a", now, now)}, 2, now.Add(KeyRest)},
		"nearly over":      {[]store.SigningKey{present, key("a", now, now.Add(time.Millisecond-KeyRest))}, 2, now.Add(time.Millisecond)},
		"over":             {[]store.SigningKey{present, key("a", now, now.Add(-KeyRest))}, 1, time.Time{}},
		"the first counts": {[]store.SigningKey{present, key("a", now, now.Add(-time.Minute)), key("b", now, now)}, 3, now.Add(KeyRest - time.Minute)},
	} {
		ring, err := newKeyring("http://localhost", tc.kept, now)
		if err != nil || len(ring.public.Keys) != tc.keys || !ring.stale.Equal(tc.stale) {
			t.Errorf("%s: %d keys until %v (%v), want %d until %v", name, len(ring.public.Keys), ring.stale, err, tc.keys, tc.stale)
		}
	}
	if _, err := newKeyring("http://localhost", []store.SigningKey{key("a", now, now)}, now); err == nil {
		t.Error("a retired key signs")
	}
	damaged := present
	damaged.Seed = damaged.Seed[:8]
	if _, err := newKeyring("http://localhost", []store.SigningKey{damaged}, now); err == nil {
		t.Error("half a key was taken")
	}
}
