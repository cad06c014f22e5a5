package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"beside/signaling/invite"
	"beside/signaling/texts"
)

// A second start raises the windows of the first and says nothing; when the
// first has ended, the next start is the first one.
func TestSecondStartRaisesTheFirst(t *testing.T) {
	secret, me := invite.NewSecret(), os.Geteuid()
	raised := make(chan struct{}, 2)
	free, err := claim(secret, me, func() { raised <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := claim(secret, me, nil); !errors.Is(err, errRunning) {
			t.Fatalf("second start: got %v, want errRunning", err)
		}
		if err := knock(secret, me); err != nil {
			t.Fatal(err)
		}
		<-raised
	}
	other := invite.NewSecret()
	freeOther, err := claim(other, me, nil)
	if err != nil {
		t.Errorf("another link: %v", err)
	}
	freeOther()
	free()
	if err := knock(secret, me); err == nil {
		t.Error("something answers after the first has ended")
	}
	again, err := claim(secret, me, nil)
	if err != nil {
		t.Errorf("after the first ended: %v", err)
	}
	again()
}

// Only the account whose program it is may raise its windows, and a program of
// another account is not taken for one's own.
func TestNoOtherAccountRaises(t *testing.T) {
	secret, somebody := invite.NewSecret(), os.Geteuid()+1
	raised := make(chan struct{}, 1)
	free, err := claim(secret, somebody, func() { raised <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	code, _, errs := start(t, func(p *program) {
		p.slot, p.fileName, p.uid = fill(t, configuration[:]), "Beside-"+secret.Reveal()+strings.Repeat("0", 20), somebody
	})
	if code != exitOK || !strings.Contains(errs, texts.T("client.already")) || strings.Contains(errs, secret.Reveal()) {
		t.Errorf("second start that cannot raise: got %d, %q", code, errs)
	}
	free()
	select {
	case <-raised:
		t.Error("another account raised the windows")
	default:
	}
}
