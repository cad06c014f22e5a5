// Package texts is the one catalogue of everything the programs say to people, in
// each language.
//
// A catalogue is a flat file of sorted keys "area.name", plain and calm sentences
// with values in their places; the requester is "you". English, en.json, is where a
// text is written first; the tests hold the others to its keys and values. The client
// and the broker read it through T, the viewer imports the same files. It holds words
// only: who decides what to say is elsewhere.
package texts

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// catalogues are by language, each read when it is first spoken and never written
// after that.
var catalogues = func() map[language.Tag]func() map[string]string {
	all := make(map[language.Tag]func() map[string]string, len(Languages))
	for _, tag := range Languages {
		all[tag] = sync.OnceValue(func() map[string]string { return read(tag.String() + ".json") })
	}
	return all
}()

func read(name string) (m map[string]string) {
	raw, err := files.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		panic(fmt.Sprintf("texts: embedded %s: %v", name, err)) // a test reads the same bytes
	}
	return m
}

// lookup returns the text of a key in the language that is spoken, or in English.
func lookup(key string) (text string, lang language.Tag, ok bool) {
	lang = Spoken()
	if text, ok = catalogues[lang]()[key]; ok {
		return text, lang, true
	}
	text, ok = catalogues[language.English]()[key]
	return text, language.English, ok
}

// T returns the text of key with the value that follows each name in args in its
// place. An unknown key gives the key itself in double brackets, so that the mistake
// is seen and the program goes on.
func T(key string, args ...string) string {
	text, lang, ok := lookup(key)
	if !ok {
		return "[[" + key + "]]"
	}
	if len(args) == 0 {
		return text
	}
	values := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[args[i]] = args[i+1]
	}
	return format(lang, text, values)
}

// Plain returns the text of key as it stands in the catalogue, with its values' places.
func Plain(key string) string {
	text, _, _ := lookup(key)
	return text
}

// Named is the text of a name that comes from elsewhere, such as a kind of
// event, in an area of the catalogue; the name itself when it is not there.
func Named(area, name string, args ...string) string {
	key := area + "." + strings.NewReplacer("_", "-", ":", "-").Replace(name)
	if _, _, ok := lookup(key); !ok {
		return name
	}
	return T(key, args...)
}

// Keys lists all keys of the catalogue, in no order.
func Keys() []string {
	catalogue := catalogues[language.English]()
	out := make([]string, 0, len(catalogue))
	for k := range catalogue {
		out = append(out, k)
	}
	return out
}
