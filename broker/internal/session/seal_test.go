package session_test

import (
	"crypto/ed25519"
	"net/http"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/auditor"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/session"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/grant"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

// waitSeal waits for the closing of a session's record.
func (b *broker) waitSeal(id string) record.SessionSealed {
	b.t.Helper()
	w := b.journal.Watch()
	defer w.Close()
	for late := time.After(patience); ; {
		for _, e := range b.events(id) {
			if s, ok := e.Data.(record.SessionSealed); ok {
				return s
			}
		}
		select {
		case <-w.C:
		case <-late:
			b.t.Fatalf("never sealed: %v", b.kinds(id))
		}
	}
}

func (b *broker) root(id string, events int64) tlog.Hash {
	b.t.Helper()
	leaves, err := b.journal.Leaves(b.t.Context(), id, 0, int(events))
	if err != nil {
		b.t.Fatal(err)
	}
	var hashes []tlog.Hash
	for _, l := range leaves {
		hashes = append(hashes, ledger.LeafHash(l.Bytes))
	}
	return ledger.Root(hashes)
}

func TestBothEndsSealTheSession(t *testing.T) {
	b := start(t, options{Config: session.Config{LostAfter: 2 * time.Second}})
	l, client, _ := b.both()
	if _, err := b.Story(t.Context(), l.session, b.ada.ID); codeOf(err) != "session_not_over" {
		t.Errorf("a session that goes on: %v", err)
	}
	b.accept(l)
	r := l.reporter()
	client.report(r, record.PeerVerified{Viewer: "fp", Path: "direct", Key: grant.Thumbprint(public(l.viewer))})
	client.report(r, record.ConsentGranted{Generation: 1, Asked: "view", Scopes: "view", Viewer: "fp"})
	client.report(r, record.ClientStopped{Reason: "requester"})
	client.report(r, record.ClientSealed{})
	if _, err := b.Story(t.Context(), l.session, b.bob.ID); codeOf(err) != "not_yours" {
		t.Errorf("another technician: %v", err)
	}
	s, err := b.Story(t.Context(), l.session, b.ada.ID)
	if err != nil || s.Root != b.root(l.session, s.Events) {
		t.Fatalf("story %+v, %v", s, err)
	}
	sign := func(key ed25519.PrivateKey, s session.Story) object {
		return object{"events": s.Events, "root": b64(s.Root[:]), "signature": b64(ed25519.Sign(key, record.SealStatement(l.session, s.Events, s.Root[:])))}
	}
	other := s
	other.Root[0] ^= 1
	for name, body := range map[string]object{
		"the client's key": sign(l.client, s), "other events": sign(l.viewer, other), "more events": sign(l.viewer, session.Story{Events: 9999, Root: s.Root}),
	} {
		if a := b.post(b.ada.ID, "/sessions/"+l.session+"/seal", body); a.Code != "seal_refused" {
			t.Errorf("%s: %d %s", name, a.Status, a.Code)
		}
	}
	for range 2 { // the second is nothing
		if a := b.post(b.ada.ID, "/sessions/"+l.session+"/seal", sign(l.viewer, s)); a.Status != http.StatusNoContent {
			t.Fatalf("seal: %d %s", a.Status, a.Code)
		}
	}
	sealed := b.waitSeal(l.session)
	if !sealed.Client || !sealed.Technician || tlog.Hash(sealed.Root) != b.root(l.session, sealed.Events) {
		t.Errorf("sealed %+v", sealed)
	}
	b.wantProven(l.session)
}

// wantProven exports a session's evidence and checks that all of it is proven.
func (b *broker) wantProven(id string) {
	b.t.Helper()
	log, err := sequencer.Open(b.t.Context(), b.store, "log.example")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := log.Advance(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	var file evidence.File
	if err := b.store.View(b.t.Context(), func(v *store.View) (err error) {
		file, err = auditor.Export(v, log.Key(), id, auditor.Everybody)
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
	raw, err := file.Marshal()
	if err != nil {
		b.t.Fatal(err)
	}
	if file, err = evidence.Parse(raw); err != nil {
		b.t.Fatal(err)
	}
	if r := evidence.Verify(file, evidence.Trust{Log: log.Key().Public()}); r.Exit() != evidence.ExitProven {
		b.t.Errorf("evidence: %+v", r.Findings)
	}
}

// TestMissingSignatureIsInTheSeal: what was awaited and did not come is said.
func TestMissingSignatureIsInTheSeal(t *testing.T) {
	b := start(t, options{Config: session.Config{LostAfter: 2 * time.Second}})
	l, _, _ := b.both()
	if a := b.post(b.ada.ID, "/sessions/"+l.session+"/end", object{"reason": "technician"}); a.Status != http.StatusNoContent {
		t.Fatalf("end: %d %s", a.Status, a.Code)
	}
	if s := b.waitSeal(l.session); s.Client || s.Technician || s.Events == 0 {
		t.Errorf("sealed %+v, want both missing", s)
	}
}
