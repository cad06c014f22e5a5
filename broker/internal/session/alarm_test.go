package session_test

import (
	"slices"
	"testing"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/record"
)

// An alarm holds what is kept of its session, once, also when the session is over.
func TestAlarmHoldsTheSession(t *testing.T) {
	for name, over := range map[string]bool{"live": false, "over": true} {
		t.Run(name, func(t *testing.T) {
			b := start(t, options{})
			l, client, _ := b.both()
			r := l.reporter()
			steps := []record.Data{record.AlarmRaised{}, record.AlarmRaised{After: true}}
			if over {
				steps = append([]record.Data{record.ClientStopped{Reason: string(signaling.ByRequester)}}, steps...)
			}
			for i, data := range steps {
				client.send(r.next(t, data))
				for expect[signaling.Recorded](client).Seq < uint64(i+1) {
				}
			}
			held := slices.DeleteFunc(b.kinds(l.session), func(k record.Kind) bool { return k != record.KindSessionHeld })
			if len(held) != 1 {
				t.Errorf("held %d times, want once", len(held))
			}
			err := b.store.View(t.Context(), func(v *store.View) error {
				alarms, err := v.Alarms(10)
				if err != nil {
					return err
				}
				if len(alarms) != 1 || alarms[0].Session != l.session || alarms[0].RaisedAt.IsZero() || !alarms[0].SeenAt.IsZero() {
					t.Errorf("alarms: %+v", alarms)
				}
				held, err := v.Held(l.session)
				if !held {
					t.Error("the session is not held")
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
