package invite

import (
	"crypto/sha256"
	"errors"
	"path"
	"regexp"
	"strings"
)

// SpokenDigits is the length of a spoken code: what a person can take down on the
// telephone. It is 30 bits, so the broker can find out by trying which code a
// hash belongs to, and no key of the technician's fits in it: on this road both
// people compare verification words (package words) before anything is shown.
const SpokenDigits = 9

// ErrSpoken reports a text that is no spoken code.
var ErrSpoken = errors.New("no spoken code: expected 9 digits")

const labelSpoken = "beside/spoken/v1"

// ParseSpoken reads a code as people write it, with spaces, dots or hyphens
// between the digits, and returns the secret that both ends derive from it: the
// first 100 bits of SHA-256 over a label and the digits.
func ParseSpoken(text string) (Secret, error) {
	digits := make([]byte, 0, SpokenDigits)
	for _, c := range []byte(strings.TrimSpace(text)) {
		switch {
		case c >= '0' && c <= '9' && len(digits) < SpokenDigits:
			digits = append(digits, c)
		case c == ' ' || c == '-' || c == '.':
		default:
			return Secret{}, ErrSpoken
		}
	}
	if len(digits) != SpokenDigits {
		return Secret{}, ErrSpoken
	}
	sum := sha256.Sum256([]byte(labelSpoken + "\x00" + string(digits)))
	return Secret{string(chars(sum))}, nil
}

// spokenFile finds the digits in the name of a download, as fileCode finds a code.
var spokenFile = regexp.MustCompile(`(?i)^beside[-_ ]([0-9]{9})(?:[^0-9a-z].*)?$`)

// ParseSpokenFileName reads a spoken code from the name of the client's own file.
func ParseSpokenFileName(file string) (Secret, error) {
	m := spokenFile.FindStringSubmatch(path.Base(strings.ReplaceAll(file, `\`, "/")))
	if m == nil {
		return Secret{}, ErrSpoken
	}
	return ParseSpoken(m[1])
}
