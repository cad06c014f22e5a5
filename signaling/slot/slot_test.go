package slot_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"beside/signaling/slot"
)

func empty() []byte {
	sum := sha256.Sum256([]byte("beside configuration slot v1"))
	return append(sum[:], make([]byte, slot.Size-len(sum))...)
}

func TestFillAndRead(t *testing.T) {
	c := slot.Config{Broker: "https://help.example", Organisation: "Example GmbH", Authority: "PEM"}
	program := append(append([]byte("before"), empty()...), "after"...)
	once, err := slot.Fill(program, c)
	if err != nil {
		t.Fatal(err)
	}
	c.Organisation = "Changed"
	twice, err := slot.Fill(once, c)
	if err != nil || len(twice) != len(program) {
		t.Fatalf("fill again: %v, %d bytes, want %d", err, len(twice), len(program))
	}
	if got, err := slot.Read(twice[6 : 6+slot.Size]); err != nil || got != c {
		t.Errorf("Read = %+v, %v; want %+v", got, err, c)
	}
	if !bytes.HasPrefix(twice, []byte("before")) || !bytes.HasSuffix(twice, []byte("after")) {
		t.Error("bytes around the slot changed")
	}
}

func TestRefused(t *testing.T) {
	good := slot.Config{Broker: "https://help.example", Organisation: "Example"}
	if _, err := slot.Read(empty()); !errors.Is(err, slot.ErrEmpty) {
		t.Errorf("empty slot: %v, want ErrEmpty", err)
	}
	if _, err := slot.Fill([]byte("some program"), good); !errors.Is(err, slot.ErrNoSlot) {
		t.Errorf("no slot: %v, want ErrNoSlot", err)
	}
	if _, err := slot.Fill(append(empty(), empty()...), good); !errors.Is(err, slot.ErrBroken) {
		t.Errorf("two slots: %v, want ErrBroken", err)
	}
	for name, c := range map[string]slot.Config{
		"plain http":      {Broker: "http://help.example", Organisation: "x"},
		"no organisation": {Broker: "https://help.example"},
		"too long":        {Broker: "https://help.example", Organisation: strings.Repeat("x", slot.Size)},
	} {
		if _, err := slot.Fill(empty(), c); err == nil {
			t.Errorf("%s: filled", name)
		}
	}
	filled, err := slot.Fill(empty(), good)
	if err != nil {
		t.Fatal(err)
	}
	filled[100] ^= 1
	if _, err := slot.Read(filled); !errors.Is(err, slot.ErrBroken) {
		t.Errorf("flipped bit: %v, want ErrBroken", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(empty())
	f.Fuzz(func(t *testing.T, in []byte) { _, _ = slot.Read(in) })
}
