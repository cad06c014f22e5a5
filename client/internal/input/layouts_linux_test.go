package input_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/signaling/control"
)

// twoHundred are the characters that every layout must type: all that stand on
// the keyboards of the twelve, and some that stand on none of them.
func twoHundred(t *testing.T) []rune {
	t.Helper()
	var all []rune
	for r := rune(' '); r <= '~'; r++ {
		all = append(all, r)
	}
	for r := rune('¡'); r <= 'ÿ'; r++ {
		if r != 0xad { // the soft hyphen: a terminal shows nothing for it
			all = append(all, r)
		}
	}
	all = append(all, []rune("ĞğıİŞşęł€😀你")...)
	if len(all) != 200 {
		t.Fatalf("%d characters", len(all))
	}
	return all
}

// layouts are the keyboards by what is printed on them: the rows of keys of
// keyRows by themselves and with Shift, and pairs of a key and its character with
// AltGr. A □ is a key that gives no character by itself; what such a one makes of
// the next key is in dead. Written from pictures of the keyboards, not from X's
// files, so that the test has a word of its own.
var layouts = []struct {
	name         string
	plain, shift [4]string
	altGr        map[control.Code]string
	dead         map[string]string // "key key", with a + before what Shift goes with
}{
	{name: "us",
		plain: [4]string{"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "□zxcvbnm,./"},
		shift: [4]string{"~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"|", "□ZXCVBNM<>?"}},
	{name: "gb",
		plain: [4]string{"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./"},
		shift: [4]string{"¬!\"£$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?"},
		altGr: map[control.Code]string{"Digit4": "€"}},
	{name: "de",
		plain: [4]string{"□1234567890ß□", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"},
		shift: [4]string{"°!\"§$%&/()=?□", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"},
		altGr: map[control.Code]string{"Digit2": "²", "Digit3": "³", "Digit7": "{", "Digit8": "[", "Digit9": "]",
			"Digit0": "}", "Minus": "\\", "KeyQ": "@", "KeyE": "€", "BracketRight": "~", "IntlBackslash": "|", "KeyM": "µ"},
		dead: map[string]string{"Equal KeyE": "é", "+Equal KeyA": "à", "Backquote KeyO": "ô", "Equal +KeyE": "É"}},
	{name: "fr",
		plain: [4]string{"²&é\"'(-è_çà)=", "azertyuiop□$", "qsdfghjklmù*", "<wxcvbn,;:!"},
		shift: [4]string{"□1234567890°+", "AZERTYUIOP□£", "QSDFGHJKLM%µ", ">WXCVBN?./§"},
		altGr: map[control.Code]string{"Digit2": "~", "Digit3": "#", "Digit4": "{", "Digit5": "[", "Digit6": "|",
			"Digit7": "`", "Digit8": "\\", "Digit9": "^", "Digit0": "@", "Minus": "]", "Equal": "}", "KeyE": "€"},
		dead: map[string]string{"BracketLeft KeyE": "ê", "+BracketLeft KeyE": "ë", "BracketLeft +KeyQ": "Â"}},
	{name: "es",
		plain: [4]string{"º1234567890'¡", "qwertyuiop□+", "asdfghjklñ□ç", "<zxcvbnm,.-"},
		shift: [4]string{"ª!\"·$%&/()=?¿", "QWERTYUIOP□*", "ASDFGHJKLÑ□Ç", ">ZXCVBNM;:_"},
		altGr: map[control.Code]string{"Backquote": "\\", "Digit1": "|", "Digit2": "@", "Digit3": "#", "KeyE": "€",
			"BracketLeft": "[", "BracketRight": "]", "Quote": "{", "Backslash": "}"},
		dead: map[string]string{"Quote KeyA": "á", "+Quote KeyU": "ü", "BracketLeft KeyE": "è", "Quote +KeyO": "Ó"}},
	{name: "pt",
		plain: [4]string{"\\1234567890'«", "qwertyuiop+□", "asdfghjklçº□", "<zxcvbnm,.-"},
		shift: [4]string{"|!\"#$%&/()=?»", "QWERTYUIOP*□", "ASDFGHJKLÇª□", ">ZXCVBNM;:_"},
		altGr: map[control.Code]string{"Digit2": "@", "Digit3": "£", "Digit4": "§", "Digit7": "{", "Digit8": "[",
			"Digit9": "]", "Digit0": "}", "KeyE": "€"},
		dead: map[string]string{"Backslash KeyA": "ã", "BracketRight KeyE": "é", "+BracketRight KeyA": "à"}},
	{name: "br",
		plain: [4]string{"'1234567890-=", "qwertyuiop□[", "asdfghjklç□]", "\\zxcvbnm,.;"},
		shift: [4]string{"\"!@#$%□&*()_+", "QWERTYUIOP□{", "ASDFGHJKLÇ□}", "|ZXCVBNM<>:"},
		altGr: map[control.Code]string{"KeyQ": "/", "KeyW": "?"},
		dead:  map[string]string{"BracketLeft KeyA": "á", "Quote KeyO": "õ", "+Quote KeyE": "ê", "+BracketLeft KeyA": "à"}},
	{name: "it",
		plain: [4]string{"\\1234567890'ì", "qwertyuiopè+", "asdfghjklòàù", "<zxcvbnm,.-"},
		shift: [4]string{"|!\"£$%&/()=?^", "QWERTYUIOPé*", "ASDFGHJKLç°§", ">ZXCVBNM;:_"},
		altGr: map[control.Code]string{"Semicolon": "@", "Quote": "#", "BracketLeft": "[", "BracketRight": "]", "KeyE": "€"}},
	{name: "tr",
		plain: [4]string{"\"1234567890*-", "qwertyuıopğü", "asdfghjklşi,", "<zxcvbnmöç."},
		shift: [4]string{"é!'^+%&/()=?_", "QWERTYUIOPĞÜ", "ASDFGHJKLŞİ;", ">ZXCVBNMÖÇ:"},
		altGr: map[control.Code]string{"KeyQ": "@", "Digit3": "#", "Digit4": "$", "Digit7": "{", "Digit8": "[",
			"Digit9": "]", "Digit0": "}", "Minus": "\\", "KeyE": "€", "IntlBackslash": "|"}},
	{name: "ch",
		plain: [4]string{"§1234567890'□", "qwertzuiopü□", "asdfghjklöä$", "<yxcvbnm,.-"},
		shift: [4]string{"°+\"*ç%&/()=?□", "QWERTZUIOPè!", "ASDFGHJKLéà£", ">YXCVBNM;:_"},
		altGr: map[control.Code]string{"Digit2": "@", "Digit3": "#", "Digit7": "|", "BracketLeft": "[", "BracketRight": "]",
			"Quote": "{", "Backslash": "}", "KeyE": "€", "IntlBackslash": "\\"},
		dead: map[string]string{"BracketRight KeyE": "ë", "Equal KeyI": "î", "+Equal KeyU": "ù"}},
	{name: "se",
		plain: [4]string{"§1234567890+□", "qwertyuiopå□", "asdfghjklöä'", "<zxcvbnm,.-"},
		shift: [4]string{"½!\"#¤%&/()=?□", "QWERTYUIOPÅ□", "ASDFGHJKLÖÄ*", ">ZXCVBNM;:_"},
		altGr: map[control.Code]string{"Digit2": "@", "Digit3": "£", "Digit4": "$", "Digit7": "{", "Digit8": "[",
			"Digit9": "]", "Digit0": "}", "Minus": "\\", "KeyE": "€", "IntlBackslash": "|"},
		dead: map[string]string{"Equal KeyE": "é", "BracketRight KeyI": "ï", "+BracketRight KeyO": "ô"}},
	{name: "pl",
		plain: [4]string{"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "□zxcvbnm,./"},
		shift: [4]string{"~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"|", "□ZXCVBNM<>?"},
		altGr: map[control.Code]string{"KeyA": "ą", "KeyC": "ć", "KeyE": "ę", "KeyL": "ł", "KeyN": "ń", "KeyO": "ó",
			"KeyS": "ś", "KeyX": "ź", "KeyZ": "ż"}},
	{name: "ru",
		plain: [4]string{"ё1234567890-=", "йцукенгшщзхъ", "фывапролджэ\\", "□ячсмитьбю."},
		shift: [4]string{"Ё!\"№;%:?*()_+", "ЙЦУКЕНГШЩЗХЪ", "ФЫВАПРОЛДЖЭ/", "□ЯЧСМИТЬБЮ,"}},
	{name: "jp"}, {name: "ara"},
}

var keyRows = [4][]control.Code{
	{"Backquote", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0",
		"Minus", "Equal"},
	{"KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP", "BracketLeft", "BracketRight"},
	{"KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL", "Semicolon", "Quote", "Backslash"},
	{"IntlBackslash", "KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM", "Comma", "Period", "Slash"},
}

// Two hundred characters, and every key of a keyboard with what is printed on
// it, each read back from a real terminal.
func TestTwoHundredCharactersOnEveryLayout(t *testing.T) {
	chars := twoHundred(t)
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			inputtest.Desktop(t)
			inputtest.Layout(t, l.name)
			term := inputtest.NewTerminal(t)
			inj := open(t, nil)
			_, lease := granted(t)

			inject(t, inj, lease, control.Text{Gen: 1, Text: string(chars) + "\n"})
			same(t, "by character", term, "", chars)
			before := term.Typed(t)

			var want []rune
			press := func(holding control.Code, code control.Code, char string) {
				strike(t, inj, lease, holding, code)
				want = append(want, []rune(char)...)
			}
			for i, row := range keyRows {
				for holding, chars := range map[control.Code]string{"": l.plain[i], "ShiftLeft": l.shift[i]} {
					for j, char := range []rune(chars) {
						if char != '□' {
							press(holding, row[j], string(char))
						}
					}
				}
			}
			for code, char := range l.altGr {
				press("AltRight", code, char)
			}
			for strokes, char := range l.dead {
				first, second, _ := strings.Cut(strokes, " ")
				strikeOf(t, inj, lease, first)
				strikeOf(t, inj, lease, second)
				want = append(want, []rune(char)...)
			}
			if len(want) == 0 {
				return
			}
			strike(t, inj, lease, "", "Enter")
			same(t, "by key", term, before, want)
		})
	}
}

// strikeOf strikes a key of layouts' dead.
func strikeOf(t *testing.T, inj input.Injector, lease *consent.Lease, stroke string) {
	t.Helper()
	if code, shifted := strings.CutPrefix(stroke, "+"); shifted {
		strike(t, inj, lease, "ShiftLeft", control.Code(code))
		return
	}
	strike(t, inj, lease, "", control.Code(stroke))
}

// strike presses a key and lets go of it while another, if any, is held.
func strike(t *testing.T, inj input.Injector, lease *consent.Lease, holding, code control.Code) {
	t.Helper()
	if holding != "" {
		inject(t, inj, lease, key(holding, true))
		defer inject(t, inj, lease, key(holding, false))
	}
	inject(t, inj, lease, key(code, true), key(code, false))
}

// same waits for the end of a line and names each character that is another.
func same(t *testing.T, how string, term *inputtest.Terminal, before string, want []rune) {
	t.Helper()
	var got []rune
	inputtest.Until(t, how+": the end of the line", func() bool {
		got = []rune(strings.TrimPrefix(term.Typed(t), before))
		return slices.Contains(got, '\n')
	})
	got = got[:len(got)-1]
	if slices.Equal(got, want) {
		return
	}
	var wrong []string
	for i, r := range want {
		if i >= len(got) || got[i] != r {
			is := "nothing"
			if i < len(got) {
				is = string(got[i])
			}
			wrong = append(wrong, fmt.Sprintf("%c (%U) is %s", r, r, is))
		}
	}
	t.Errorf("%s: %d of %d differ: %s\ngot  %q\nwant %q", how, len(wrong), len(want),
		strings.Join(wrong[:min(len(wrong), 20)], ", "), string(got), string(want))
}
