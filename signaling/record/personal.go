package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// SaltBytes is the length of a salt: as long as the hash, so that a commitment
// tells nothing of what it commits to once its salt is gone.
const SaltBytes = 32

const personalLabel = "beside/personal/v1\x00"

// ErrPersonal reports personal data that is not what the log commits to.
var ErrPersonal = errors.New("personal data is not what was recorded")

// Commit is the commitment to personal data: HMAC-SHA256 with a random salt of
// its own for every event as the key. Whoever deletes salt and data has erased
// them; every proof stays as it is.
func Commit(salt, personal []byte) []byte {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(personalLabel))
	mac.Write(personal)
	return mac.Sum(nil)
}

// Part takes the personal fields out of an event's data: it returns the event
// without them and their JSON, an object of texts by the fields' names; nil
// when all are empty.
func (e Event) Part() (Event, []byte, error) {
	if e.Data == nil {
		return e, nil, fmt.Errorf("event %s: %w", e.Kind, ErrKind)
	}
	data := reflect.New(reflect.TypeOf(e.Data)).Elem()
	data.Set(reflect.ValueOf(e.Data))
	personal := make(map[string]string)
	for name, field := range personalFields(data) {
		if text := field.String(); text != "" {
			personal[name] = text
			field.SetString("")
		}
	}
	if len(personal) == 0 {
		return e, nil, nil
	}
	raw, err := json.Marshal(personal)
	if err != nil {
		return e, nil, fmt.Errorf("encode personal data: %w", err)
	}
	e.Data = data.Interface().(Data)
	return e, raw, nil
}

// Restore puts personal data back after it has checked it against the event's
// commitment.
func (e Event) Restore(salt, personal []byte) (Event, error) {
	if len(salt) != SaltBytes || !hmac.Equal(Commit(salt, personal), e.Personal) {
		return e, fmt.Errorf("event %d: %w", e.Seq, ErrPersonal)
	}
	var texts map[string]string
	if err := json.Unmarshal(personal, &texts); err != nil {
		return e, fmt.Errorf("event %d: %w", e.Seq, ErrPersonal)
	}
	data := reflect.New(reflect.TypeOf(e.Data)).Elem()
	data.Set(reflect.ValueOf(e.Data))
	for name, field := range personalFields(data) {
		if text, ok := texts[name]; ok {
			field.SetString(text)
		}
	}
	e.Data = data.Interface().(Data)
	return e, nil
}

// personalFields finds the fields that are marked, by their names in JSON.
func personalFields(data reflect.Value) map[string]reflect.Value {
	fields := make(map[string]reflect.Value)
	for i := range data.NumField() {
		f := data.Type().Field(i)
		if f.Tag.Get("personal") == "true" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields[name] = data.Field(i)
		}
	}
	return fields
}
