package auth

import (
	"context"
	"strings"
	"time"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// Device names a browser as people do, from what it says of itself: enough to
// tell one's own devices apart, and no more of it is kept.
func Device(agent string) string {
	browser := firstOf(agent, "Browser", [][2]string{
		{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	})
	system := firstOf(agent, "", [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
		{"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	if system == "" {
		return browser
	}
	return browser + " on " + system
}

func firstOf(agent, none string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(agent, n[0]) {
			return n[1]
		}
	}
	return none
}

// Devices lists the browsers in which the caller is signed in now.
func (d *Desk) Devices(ctx context.Context, who Identity) (in []store.CookieSession, err error) {
	err = d.store.View(ctx, func(v *store.View) error {
		all, err := v.CookieSessions(who.ID)
		for _, c := range all {
			if !over(c) {
				in = append(in, c)
			}
		}
		return err
	})
	return in, err
}

// over reports whether a cookie session lived long enough, or idled too long.
func over(c store.CookieSession) bool {
	return time.Since(c.CreatedAt) >= CookieLife || time.Since(c.SeenAt) >= IdleLife
}

// SignOutDevice signs one of the caller's browsers out.
func (d *Desk) SignOutDevice(ctx context.Context, who Identity, id string) error {
	return d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		there, err := tx.DeleteCookieSessionByID(who.ID, id)
		return one(there, err, record.DeviceSignedOut{Count: 1}, who)
	})
}

// SignOutOthers signs the caller out everywhere else.
func (d *Desk) SignOutOthers(ctx context.Context, who Identity) error {
	return d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		n, err := tx.DeleteOtherCookieSessions(who.ID, who.Browser)
		if err != nil || n == 0 {
			return nil, err
		}
		return []record.Event{record.New(record.DeviceSignedOut{Count: n}, record.ByBroker, Actor(who.Technician))}, nil
	})
}
