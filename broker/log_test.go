package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"beside/signaling/ledger"
)

// Anybody can read the signed head and the hashes, and check that an event is
// under it; nobody is shown an event.
func TestLogIsPublished(t *testing.T) {
	r := serve(t, nil)
	at := r.url.String() + "/log/"
	_, key := r.get(at + "key")
	log, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(log.Name(), "localhost/audit/") {
		t.Errorf("the log is called %s", log.Name())
	}
	r.beside(nil, "technician", "add", "--email", "ada@example.org", "--name", "Ada")
	var head ledger.Opened
	until := time.Now().Add(deadline)
	for head.Size < 2 { // broker.started and technician.added, by another process as it were
		if time.Now().After(until) {
			t.Fatal("the events never came into the tree")
		}
		if res, body := r.get(at + "checkpoint"); res.StatusCode == http.StatusOK {
			if head, err = ledger.Open([]byte(body), log); err != nil {
				t.Fatal(err)
			}
		}
	}
	res, body := r.get(at + ledger.TilePath(0, 0, int(head.Size)))
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/octet-stream" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Fatalf("tile = %d %v", res.StatusCode, res.Header)
	}
	hashes := make([]tlog.Hash, head.Size)
	for i := range hashes {
		copy(hashes[i][:], body[i*tlog.HashSize:])
	}
	if ledger.Root(hashes) != head.Root {
		t.Error("the tile does not hash to the checkpoint")
	}
	for _, path := range []string{"tile/0/001", "tile/0/000", "tile/0/000.p/255", "tile/0/0", "tile/entries/000", "events"} {
		if res, body := r.get(at + path); res.StatusCode == http.StatusOK && res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s = %d %q", path, res.StatusCode, body)
		}
	}
}
