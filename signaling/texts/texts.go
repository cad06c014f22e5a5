// Package texts is the one catalogue of everything the programs say to people.
//
// The catalogue is en.json: flat, sorted keys "area.name", plain and calm
// sentences with {placeholders}; the requester is "you". The client and the
// broker read it through T, the viewer imports the same file. It holds words
// only: who decides what to say is elsewhere.
package texts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed en.json
var en []byte

// catalogue is read once and never written after that.
var catalogue = sync.OnceValue(func() map[string]string {
	var m map[string]string
	if err := json.Unmarshal(en, &m); err != nil {
		panic(fmt.Sprintf("texts: embedded en.json: %v", err)) // a test reads the same bytes
	}
	return m
})

// T returns the text of key with each {name} replaced by the value that follows
// name in args. Values are not searched for placeholders again. An unknown key
// gives the key itself in double brackets, so that the mistake is seen and the
// program goes on.
func T(key string, args ...string) string {
	text, ok := catalogue()[key]
	if !ok {
		return "[[" + key + "]]"
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Named is the text of a name that comes from elsewhere, such as a kind of
// event, in an area of the catalogue; the name itself when it is not there.
func Named(area, name string, args ...string) string {
	key := area + "." + strings.NewReplacer("_", "-", ":", "-").Replace(name)
	if _, ok := catalogue()[key]; !ok {
		return name
	}
	return T(key, args...)
}

// Keys lists all keys of the catalogue, in no order.
func Keys() []string {
	out := make([]string, 0, len(catalogue()))
	for k := range catalogue() {
		out = append(out, k)
	}
	return out
}
