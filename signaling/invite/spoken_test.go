package invite_test

import (
	"errors"
	"testing"

	"beside/signaling/invite"
)

func TestParseSpoken(t *testing.T) {
	want, err := invite.ParseSpoken("012345678")
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		"012 345 678": true, " 012-345-678\n": true, "012.345.678": true, "0 1 2 3 4 5 6 7 8": true,
		"01234567": false, "0123456789": false, "012 345 67x": false, "": false, "٠١٢٣٤٥٦٧٨": false, "O12345678": false,
	} {
		got, err := invite.ParseSpoken(text)
		if ok != (err == nil) || ok && got != want || !ok && !errors.Is(err, invite.ErrSpoken) {
			t.Errorf("ParseSpoken(%q) = %s, %v; want ok=%v", text, got.Reveal(), err, ok)
		}
	}
	other, err := invite.ParseSpoken("012345679")
	if err != nil || other == want {
		t.Errorf("another code gives the same secret (%v)", err)
	}
}

func TestParseSpokenFileName(t *testing.T) {
	want, err := invite.ParseSpoken("012345678")
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{
		"Beside-012345678": true, "/home/ann/Beside-012345678 (1)": true, `C:\Users\ann\beside_012345678.exe`: true,
		"Beside-0123456789": false, "Beside-01234567": false, "Beside-012345678X": false, "012345678": false,
	} {
		got, err := invite.ParseSpokenFileName(name)
		if ok != (err == nil) || ok && got != want {
			t.Errorf("ParseSpokenFileName(%q) = %s, %v; want ok=%v", name, got.Reveal(), err, ok)
		}
	}
}
