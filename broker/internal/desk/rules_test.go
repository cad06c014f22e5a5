package desk_test

import (
	"testing"
	"time"

	"beside/broker/internal/desk"
)

func TestRulesAreJust(t *testing.T) {
	if err := desk.DefaultRules().Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*desk.Rules){
		"no such priority":           func(r *desk.Rules) { r.Matrix[2][2] = 6 },
		"none":                       func(r *desk.Rules) { r.Matrix[0][0] = 0 },
		"less urgent comes sooner":   func(r *desk.Rules) { r.Matrix[0][1] = 4 },
		"less grave comes sooner":    func(r *desk.Rules) { r.Matrix[1][0] = 5 },
		"at once":                    func(r *desk.Rules) { r.Promises[0].First = time.Second },
		"in ten years":               func(r *desk.Rules) { r.Promises[4].Resolve = 10 * desk.MaxPromise },
		"solved before it is helped": func(r *desk.Rules) { r.Promises[0].Resolve = time.Minute },
		"lower is promised more":     func(r *desk.Rules) { r.Promises[4].First = time.Hour },
	} {
		r := desk.DefaultRules()
		change(&r)
		if r.Check() == nil {
			t.Errorf("%s: allowed", name)
		}
	}
	flat := desk.Rules{}
	for i := range flat.Matrix {
		flat.Matrix[i] = [3]desk.Priority{3, 3, 3}
	}
	for i := range flat.Promises {
		flat.Promises[i] = desk.Promise{First: time.Hour, Resolve: time.Hour}
	}
	if err := flat.Check(); err != nil {
		t.Errorf("first come, first served is just too: %v", err)
	}
	if p := flat.PriorityOf("huge", desk.High); p != 3 {
		t.Errorf("priority %d", p)
	}
}
