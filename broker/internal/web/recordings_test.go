package web_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"beside/broker/internal/desk"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/broker/internal/web"
	"beside/signaling/grant"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

// recorder is a session's client that records.
type recorder struct {
	h           *harness
	key         ed25519.PrivateKey
	session, id string
	head        []byte
	data        format.Key
	last        format.Span
	leaves      []format.Leaf
}

func (h *harness) recorder() *recorder {
	h.t.Helper()
	helper := h.signIn("t@example.org", desk.Technician)
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	h.must(err)
	r := &recorder{h: h, key: key, session: helper.invite(helper.ticket().ID).Session.ID, id: store.NewID()}
	h.must(h.journal.Update(h.t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.Join(r.session, pub, store.System{OS: "linux", Arch: "amd64", Client: "1"}, "")
		return []record.Event{r.event(record.SessionJoined{})}, err
	}))
	r.data = format.Key{Session: r.session, Recording: r.id, Key: bytes.Repeat([]byte{1}, 32)}
	sum := sha256.Sum256(nil)
	r.head, err = json.Marshal(format.Head{Format: format.Format, Session: r.session, Recording: r.id, Key: grant.Thumbprint(pub),
		List: format.List{Number: 1, Hash: sum[:]}, Sealed: []byte("age")})
	h.must(err)
	return r
}

func (r *recorder) event(d record.Data) record.Event {
	e := record.New(d, record.ByBroker, record.Actor{Kind: record.Requester})
	e.Session = r.session
	return e
}

// announce does what the broker does when the client says that it records.
func (r *recorder) announce() {
	r.h.t.Helper()
	sum := sha256.Sum256(r.head)
	r.h.must(r.h.journal.Update(r.h.t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.StartRecording(r.session, r.id, sum[:])
		return []record.Event{r.event(record.RecordingStarted{Recording: r.id, Head: hex.EncodeToString(sum[:])})}, err
	}))
}

func (r *recorder) put(path string, body, statement []byte) reply {
	r.h.t.Helper()
	return r.putProved(path, body, ed25519.Sign(r.key, statement))
}

func (r *recorder) putProved(path string, body, proof []byte) reply {
	r.h.t.Helper()
	req, err := http.NewRequestWithContext(r.h.t.Context(), "PUT", r.h.server.URL+"/api/v1/sessions/"+r.session+"/recordings/"+r.id+path, bytes.NewReader(body))
	r.h.must(err)
	req.Header.Set("Beside-Proof", base64.RawURLEncoding.EncodeToString(proof))
	res, err := r.h.stranger().client.Do(req)
	r.h.must(err)
	defer res.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(res.Body)
	r.h.must(err)
	return reply{status: res.StatusCode, body: text.Bytes()}
}

func (r *recorder) putHead() reply {
	r.h.t.Helper()
	return r.put("/head", r.head, format.HeadStatement(r.session, r.id, r.head))
}

// seal makes the next chunk.
func (r *recorder) seal(size int) (format.Span, []byte) {
	r.h.t.Helper()
	s := format.Span{N: uint64(len(r.leaves)), From: r.last.To, To: r.last.To + 100}
	if s.N == 0 {
		s.Flags = format.Snapshot
	}
	sealed, err := r.data.Seal(s, make([]byte, size))
	r.h.must(err)
	return s, sealed
}

func (r *recorder) putChunk(s format.Span, sealed []byte) reply {
	r.h.t.Helper()
	return r.put(chunkPath(s), sealed, format.ChunkStatement(r.session, r.id, format.NewLeaf(s, sealed)))
}

func chunkPath(s format.Span) string {
	return fmt.Sprintf("/chunks/%d?from=%d&to=%d&flags=%d", s.N, s.From, s.To, s.Flags)
}

func (r *recorder) keep(size int) []byte {
	r.h.t.Helper()
	s, sealed := r.seal(size)
	if res := r.putChunk(s, sealed); res.status != http.StatusNoContent {
		r.h.t.Fatalf("chunk %d: %d %s", s.N, res.status, res.body)
	}
	r.last, r.leaves = s, append(r.leaves, format.NewLeaf(s, sealed))
	return sealed
}

func (r reply) is(t *testing.T, what string, status int, code string) {
	t.Helper()
	if r.status != status || r.code() != code {
		t.Errorf("%s: %d %s, want %d %s", what, r.status, r.body, status, code)
	}
}

// Nobody but the session's client adds to a recording, and it only what it signed, in
// order and once.
func TestRecordingIsItsClients(t *testing.T) {
	h := newHarness(t)
	r := h.recorder()
	r.putHead().is(t, "head before its event", http.StatusNotFound, "recording_unknown")
	r.announce()
	s, sealed := r.seal(100)
	r.putChunk(s, sealed).is(t, "chunk before the head", http.StatusConflict, "recording_order")
	r.putHead().is(t, "head", http.StatusNoContent, "")
	r.putHead().is(t, "head again", http.StatusNoContent, "")
	other := *r
	other.head = bytes.Replace(r.head, []byte(`"sealed":"`), []byte(`"sealed":"AAAA`), 1)
	other.putHead().is(t, "another head", http.StatusConflict, "recording_differs")
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	h.must(err)
	other = *r
	other.key = stranger
	other.putHead().is(t, "head by a stranger", http.StatusForbidden, "proof_refused")
	other.putChunk(s, sealed).is(t, "chunk by a stranger", http.StatusForbidden, "proof_refused")

	kept := r.keep(100)
	r.putChunk(r.last, kept).is(t, "chunk again", http.StatusNoContent, "")
	_, changed := (&recorder{h: h, data: r.data}).seal(101)
	r.putChunk(r.last, changed).is(t, "other bytes", http.StatusConflict, "recording_differs")
	moved := r.last
	moved.To++
	r.putChunk(moved, kept).is(t, "another time", http.StatusConflict, "recording_differs")

	s, sealed = r.seal(1 << 20)
	proof := ed25519.Sign(r.key, format.ChunkStatement(r.session, r.id, format.NewLeaf(s, sealed)))
	flipped := bytes.Clone(sealed)
	flipped[7] ^= 1
	r.putProved(chunkPath(s), flipped, proof).is(t, "bytes that were not signed", http.StatusForbidden, "proof_refused")
	s.N++
	r.putChunk(s, sealed).is(t, "one left out", http.StatusConflict, "recording_order")
	s.N, s.From = 1, r.last.To-1
	r.putChunk(s, sealed).is(t, "one that goes back", http.StatusConflict, "recording_order")
	s.From, s.To = 0, 60_000
	r.putChunk(s, sealed).is(t, "one too long", http.StatusUnprocessableEntity, "invalid")
	r.putProved("/chunks/1?from=x", sealed, proof).is(t, "no span", http.StatusUnprocessableEntity, "invalid")
	r.putProved(chunkPath(r.last), make([]byte, format.MaxSealedBytes+1), proof).is(t, "too much", http.StatusRequestEntityTooLarge, "too_large")
	r.keep(format.MaxChunkBytes)
}

func TestRecordingsAreBounded(t *testing.T) {
	h := newHarness(t)
	r := h.recorder()
	r.announce()
	r.putHead()
	for range 4 {
		r.keep(format.MaxChunkBytes)
	}
	s, sealed := r.seal(format.MaxChunkBytes)
	r.putChunk(s, sealed).is(t, "over the quota of 20 MiB", http.StatusInsufficientStorage, "recording_quota")
	r.keep(1 << 10)
}

// An auditor who proved who they are reads what was sent, and that is in the log.
func TestRecordingIsOpenedByAuditorsAlone(t *testing.T) {
	h := newHarness(t)
	r := h.recorder()
	r.announce()
	r.putHead()
	sent := [][]byte{r.keep(10), r.keep(1 << 20), r.keep(30)}
	auditor := h.signIn("a@example.org", desk.Auditor)
	base := "/api/v1/sessions/" + r.session + "/recordings"
	auditor.do("POST", base+"/"+r.id+"/open", nil, nil).is(t, "without a passkey", http.StatusForbidden, "proof_needed")
	auditor.addPasskey(newAuthenticator(h))
	var list struct{ Recordings []web.Recording }
	auditor.want(http.StatusOK, "GET", base, nil, &list)
	if len(list.Recordings) != 1 || list.Recordings[0].ID != r.id || list.Recordings[0].Chunks != 3 {
		t.Fatalf("got %+v", list)
	}
	if strings.Contains(h.dump(), "recording.viewed") {
		t.Error("a list alone is no view")
	}
	var opened web.OpenedRecording
	auditor.want(http.StatusOK, "POST", base+"/"+r.id+"/open", nil, &opened)
	if !bytes.Equal(opened.Head, r.head) || len(opened.Chunks) != 3 {
		t.Fatalf("got %+v", opened)
	}
	if !strings.Contains(h.dump(), "recording.viewed") {
		t.Error("nobody can see that it was opened")
	}
	for i, c := range opened.Chunks {
		l := format.Leaf{Span: format.Span{N: uint64(i), From: c.From, To: c.To, Flags: format.Flags(c.Flags)}, Length: c.Length, Hash: [32]byte(c.Hash)}
		if l != r.leaves[i] {
			t.Errorf("chunk %d: %+v, want %+v", i, l, r.leaves[i])
		}
		res := auditor.do("GET", fmt.Sprintf("%s/%s/chunks/%d", base, r.id, i), nil, nil)
		if res.status != http.StatusOK || !bytes.Equal(res.body, sent[i]) || res.header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("chunk %d: %d, %d bytes", i, res.status, len(res.body))
		}
	}
	auditor.do("GET", base+"/"+r.id+"/chunks/3", nil, nil).is(t, "one too many", http.StatusNotFound, "not_found")
	h.must(h.objects.Delete(t.Context(), fmt.Sprintf("%s/%s/1", r.session, r.id)))
	auditor.do("GET", base+"/"+r.id+"/chunks/1", nil, nil).is(t, "one that somebody deleted", http.StatusGone, "recording_gone")
}

// What is opened comes with what the client signed of it and not of another, and a
// video of it is told of.
func TestRecordingComesWithStatements(t *testing.T) {
	h := newHarness(t)
	r := h.recorder()
	r.announce()
	r.putHead()
	r.keep(10)
	other := store.NewID()
	for i, d := range []record.Data{
		record.RecordingStarted{Recording: r.id},
		record.RecordingKept{Recording: r.id, Chunks: 1},
		record.RecordingKept{Recording: other, Chunks: 9},
		record.RecordingKept{Recording: r.id, Chunks: 2},
		record.RecordingEnded{Recording: other, Chunks: 9},
	} {
		e := r.event(d)
		e.Reporter, e.Signed = record.ByClient, &record.Statement{Body: []byte{byte(i)}, Signature: []byte("s")}
		h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) { return []record.Event{e}, nil }))
	}
	auditor := h.signIn("a@example.org", desk.Auditor)
	auditor.addPasskey(newAuthenticator(h))
	base := "/api/v1/sessions/" + r.session + "/recordings/" + r.id
	var opened web.OpenedRecording
	auditor.want(http.StatusOK, "POST", base+"/open", nil, &opened)
	if !bytes.Equal(opened.ClientKey, r.key.Public().(ed25519.PublicKey)) {
		t.Errorf("client's key %x", opened.ClientKey)
	}
	if len(opened.Statements) != 2 || opened.Statements[0].Body[0] != 0 || opened.Statements[1].Body[0] != 3 {
		t.Errorf("statements %+v, want the first and the fourth", opened.Statements)
	}
	auditor.want(http.StatusNoContent, "POST", base+"/export", nil, nil)
	if n := strings.Count(h.dump(), "audit_event.kind=recording.exported"); n != 1 {
		t.Errorf("%d events of the video, want 1", n)
	}
}

// What was deleted is gone, but for what it was; what is held stays.
func TestRecordingIsDeleted(t *testing.T) {
	h := newHarness(t)
	r := h.recorder()
	r.announce()
	r.putHead()
	r.keep(10)
	r.keep(20)
	operator := record.Actor{Kind: record.Operator}
	for range 2 { // twice is once
		h.must(h.shelf.Delete(t.Context(), r.session, r.id, "retention", operator))
	}
	for n := range 2 {
		if _, err := h.shelf.Objects.Get(t.Context(), fmt.Sprintf("%s/%s/%d", r.session, r.id, n)); !errors.Is(err, recording.ErrGone) {
			t.Errorf("chunk %d: %v, want ErrGone", n, err)
		}
	}
	if _, err := h.shelf.Chunk(t.Context(), r.session, r.id, 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a deleted chunk: %v", err)
	}
	h.must(h.store.View(t.Context(), func(v *store.View) error {
		kept, err := v.Recording(r.session, r.id)
		if kept.Head != nil || kept.Chunks != 2 || kept.DeletedAt.IsZero() {
			t.Errorf("kept %+v", kept)
		}
		leaves, errLeaves := v.RecordingLeaves(r.id, 0, 10)
		if format.Root(leaves) != format.Root(r.leaves) {
			t.Error("the tree is gone too: nothing can be proven")
		}
		gone, errGone := v.UnsweptRecordings(10)
		if len(gone) > 0 {
			t.Errorf("still to be swept: %+v", gone)
		}
		return errors.Join(err, errLeaves, errGone)
	}))
	s, sealed := r.seal(5)
	r.putChunk(s, sealed).is(t, "more of it", http.StatusGone, "session_ended")
	if n := strings.Count(h.dump(), "audit_event.kind=recording.deleted"); n != 1 {
		t.Errorf("%d events of the deletion, want 1", n)
	}

	h2 := newHarness(t)
	held := h2.recorder()
	held.announce()
	h2.must(h2.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.RaiseAlarm(held.session)
		return []record.Event{held.event(record.SessionHeld{Reason: "alarm"})}, err
	}))
	if err := h2.shelf.Delete(t.Context(), held.session, held.id, "retention", operator); !errors.Is(err, recording.ErrHeld) {
		t.Errorf("a held session: %v, want ErrHeld", err)
	}
}

// Whether sessions are recorded an administrator says, once somebody can open that.
func TestRecordingPolicyOverHTTP(t *testing.T) {
	h := newHarness(t)
	who := h.administrator()
	set := func(mode string) reply {
		return who.do("PUT", "/api/v1/policy", map[string]any{"scopes": []string{"view", "control"}, "recording": mode}, nil)
	}
	var p web.Policy
	who.want(http.StatusOK, "GET", "/api/v1/policy", nil, &p)
	if p.Recording != "off" || p.Recordable {
		t.Errorf("at first: %+v", p)
	}
	set("required").is(t, "without auditors", http.StatusUnprocessableEntity, "invalid")
	h.must(h.journal.Update(t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		_, err := tx.PublishAuditors(1, []byte("{}"))
		return []record.Event{record.New(record.AuditorsPublished{}, record.ByBroker, record.Actor{Kind: record.Operator})}, err
	}))
	set("sometimes").is(t, "no mode", http.StatusUnprocessableEntity, "invalid")
	if res := set("required"); res.status != http.StatusOK {
		t.Fatalf("required: %d %s", res.status, res.body)
	}
	who.want(http.StatusOK, "GET", "/api/v1/policy", nil, &p)
	if p.Recording != "required" || !p.Recordable {
		t.Errorf("then: %+v", p)
	}
	if !strings.Contains(h.dump(), "policy.recording_changed") {
		t.Error("the change is in no event")
	}
}
