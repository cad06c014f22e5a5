package input

import "sync"

// X names what a key gives by keysyms: for Latin-1 the character's number, for
// the rest of Unicode 0x01000000 plus it (X Protocol, appendix A). Layouts also
// use older numbers for many letters; oldKeysyms has those that carry text.

const (
	unicodeKeysym = 0x01000000

	keysymNone      = 0
	keysymReturn    = 0xff0d
	keysymTab       = 0xff09
	keysymNumLock   = 0xff7f
	keysymShiftL    = 0xffe1
	keysymShiftR    = 0xffe2
	keysymAltL      = 0xffe9
	keysymLevel3    = 0xfe03 // AltGr
	keysymModSwitch = 0xff7e // AltGr in old layouts
)

// keysymOf returns the keysym that a program reads as r.
func keysymOf(r rune) uint32 {
	switch {
	case r == '\n':
		return keysymReturn
	case r == '\t':
		return keysymTab
	case r <= 0xff:
		return uint32(r)
	}
	return unicodeKeysym | uint32(r)
}

// runeOf returns what a program reads from a keysym, false for keys without text.
func runeOf(keysym uint32) (rune, bool) {
	switch {
	case keysym == keysymReturn:
		return '\n', true
	case keysym == keysymTab:
		return '\t', true
	case keysym >= 0x20 && keysym <= 0x7e, keysym >= 0xa0 && keysym <= 0xff:
		return rune(keysym), true
	case keysym > unicodeKeysym+0xff && keysym <= unicodeKeysym+0x10ffff:
		return rune(keysym - unicodeKeysym), true
	}
	r, ok := oldRunes()[keysym]
	return r, ok
}

// oldRunes is oldKeysyms as a map: a thousand keysyms are looked up for each
// character that is typed.
var oldRunes = sync.OnceValue(func() map[uint32]rune {
	runes := make(map[uint32]rune)
	for _, block := range oldKeysyms {
		i := block.first
		for _, r := range block.runes {
			if r != ' ' {
				runes[i] = r
			}
			i++
		}
	}
	return runes
})

// oldKeysyms holds runs of keysyms; a space is a gap.
var oldKeysyms = [...]struct {
	first uint32
	runes string
}{
	{0x01a1, "Ą˘Ł ĽŚ  ŠŞŤŹ ŽŻ ą˛ł ľśˇ šşťź˝žżŔ  Ă ĹĆ Č Ę Ě  ĎĐŃŇ  Ő  ŘŮ Ű  Ţ ŕ  ă ĺć č ę ě  ďđńň  ő  řů ű  ţ˙"},
	{0x02a1, "Ħ"},
	{0x02a6, "Ĥ  İ ĞĴ"},
	{0x02b1, "ħ"},
	{0x02b6, "ĥ  ı ğĵ"},
	{0x02c5, "ĊĈ"},
	{0x02d5, "Ġ  Ĝ"},
	{0x02dd, "ŬŜ"},
	{0x02e5, "ċĉ"},
	{0x02f5, "ġ  ĝ"},
	{0x02fd, "ŭŝ"},
	{0x03a2, "ĸŖ ĨĻ"},
	{0x03aa, "ĒĢŦ"},
	{0x03b3, "ŗ ĩļ"},
	{0x03ba, "ēģŧŊ ŋĀ"},
	{0x03c7, "Į"},
	{0x03cc, "Ė  Ī ŅŌĶ"},
	{0x03d9, "Ų"},
	{0x03dd, "ŨŪ ā"},
	{0x03e7, "į"},
	{0x03ec, "ė  ī ņōķ"},
	{0x03f9, "ų"},
	{0x03fd, "ũū"},
	{0x04a1, "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜"},
	{0x05ac, "،"},
	{0x05bb, "\u061b"},
	{0x05bf, "\u061f \u0621\u0622\u0623\u0624\u0625\u0626\u0627\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u063a"},
	{0x05e0, "\u0640\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064a\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"},
	{0x06a1, "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏюабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ"},
	{0x07a1, "ΆΈΉΊΪ ΌΎΫ Ώ  ΅― άέήίϊΐόύϋΰώ"},
	{0x07c1, "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣ ΤΥΦΧΨΩ"},
	{0x07e1, "αβγδεζηθικλμνξοπρσςτυφχψω"},
	{0x08fb, "←↑→↓"},
	{0x0aa9, "—–"},
	{0x0aae, "…"},
	{0x0ac9, "™"},
	{0x0ad0, "‘’“”"},
	{0x0afd, "‚„"},
	{0x0cdf, "‗\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9\u05ea"},
	{0x0da1, "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮฯะ\u0e31าำ\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a"},
	{0x0ddf, "฿เแโใไๅๆ\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d  ๐๑๒๓๔๕๖๗๘๙"},
	{0x13bc, "ŒœŸ"},
	{0x20ac, "€"},
}
