package auditor_test

import (
	"bytes"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite" // a tamperer's own way into the file

	"beside/broker/internal/auditor"
	"beside/broker/internal/desk"
	"beside/broker/internal/journal"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/evidence"
	"beside/signaling/grant"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

const events = 1000

// house is a broker's database with a log of 1000 events in it, and what others
// have seen of that log: an auditor at 400, a witness at 600 and at 1000.
type house struct {
	t         *testing.T
	dir       string
	store     *store.Store
	log       *sequencer.Log
	witness   *ledger.Cosigner
	seen      []byte   // by the auditor
	witnessed [][]byte // kept by the witness
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	var err error
	if h.store, err = store.Open(t.Context(), h.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	if h.log, err = sequencer.Open(t.Context(), h.store, "log.example"); err != nil {
		t.Fatal(err)
	}
	if h.witness, err = ledger.NewCosigner("witness.example", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))); err != nil {
		t.Fatal(err)
	}
	h.fill()
	return h
}

// fill writes two sessions whose clients sign, and other events between.
func (h *house) fill() {
	h.t.Helper()
	j := journal.New(h.store)
	clients := []*client{{session: "s-1", key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), prev: []byte{}},
		{session: "s-2", key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32)), prev: []byte{}}}
	var all []record.Event
	for _, c := range clients {
		all = append(all, c.joined())
	}
	for len(all) < events {
		e := record.New(record.SignedIn{From: "192.0.2.0/24"}, record.ByBroker, record.Actor{Kind: record.Technician, ID: "t"})
		if i := len(all) % 3; i < 2 {
			e = clients[i].says(h.t, record.RightsRevoked{Generation: uint64(len(all)), Scopes: "control", By: "requester"})
		}
		all = append(all, e)
	}
	h.must(j.Update(h.t.Context(), func(tx *store.Tx) ([]record.Event, error) { return clients[0].rows(tx, clients[1], "ada") }))
	for i, part := range [][]record.Event{all[:398], all[398:598], all[598:998]} { // two are of the rows
		h.must(j.Note(h.t.Context(), part...))
		head, err := h.log.Advance(h.t.Context())
		h.must(err)
		if i == 0 {
			h.seen = head.Note
			continue
		}
		o, err := ledger.Open(head.Note, h.log.Key().Verifier())
		h.must(err)
		line := h.witness.Cosign(o.Checkpoint, time.Now())
		h.witnessed = append(h.witnessed, ledger.Merge(head.Note, line))
		h.must(h.store.Update(h.t.Context(), func(tx *store.Tx) error {
			return tx.PutCosignature(o.Size, store.Cosignature{Witness: h.witness.Key(), Line: line})
		}))
	}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// client signs what a client says.
type client struct {
	session string
	key     ed25519.PrivateKey
	seq     uint64
	prev    []byte
}

func (c *client) joined() record.Event {
	e := record.New(record.SessionJoined{Key: grant.Thumbprint(c.key.Public().(ed25519.PublicKey)), From: "198.51.100.0/24", Requester: "Grace"},
		record.ByBroker, record.Actor{Kind: record.Requester})
	e.Session = c.session
	return e
}

func (c *client) says(t testing.TB, data record.Data) record.Event {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	e := record.New(data, record.ByClient, record.Actor{Kind: record.Requester})
	c.seq++
	body, err := json.Marshal(record.Claim{Session: c.session, Seq: c.seq, Prev: c.prev, Time: time.Now().UTC(), Kind: e.Kind, Data: raw})
	if err != nil {
		t.Fatal(err)
	}
	s := record.Statement{Body: body, Signature: ed25519.Sign(c.key, append([]byte(record.StatementLabel), body...))}
	c.prev = s.Hash()
	e.Session, e.Signed = c.session, &s
	return e
}

// rows are the sessions of two clients.
func (c *client) rows(tx *store.Tx, other *client, name string) ([]record.Event, error) {
	ada, err := tx.InsertTechnician(store.Technician{Email: name + "@example.org", Name: "Ada", Roles: []desk.Role{desk.Technician}})
	if err != nil {
		return nil, err
	}
	ticket, err := tx.InsertTicket(store.Ticket{Ticket: desk.Ticket{Subject: "slow", Requester: "Grace", Impact: desk.Low, Urgency: desk.Low, State: desk.Open}})
	if err != nil {
		return nil, err
	}
	for _, one := range []*client{c, other} {
		if err := tx.InsertSession(one.session, ticket.ID, ada.ID); err != nil {
			return nil, err
		}
		if _, err := tx.Join(one.session, one.key.Public().(ed25519.PublicKey), store.System{}, ""); err != nil {
			return nil, err
		}
	}
	started := record.New(record.BrokerStarted{Version: "1"}, record.ByBroker, record.Actor{Kind: record.Broker})
	return []record.Event{started, started}, nil
}

// tamper works on the file with other tools than ours.
func (h *house) tamper(statements ...string) {
	h.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "beside.db"))
	h.must(err)
	defer db.Close()
	for _, s := range statements {
		_, err := db.ExecContext(h.t.Context(), s)
		h.must(err)
	}
}

// forge rewrites the log from the event seq on and signs it anew, as whoever
// holds the log's key can: every row in the database fits every other.
func (h *house) forge(change string) {
	h.t.Helper()
	h.tamper(`PRAGMA foreign_keys = OFF`, change, `DELETE FROM cosignature`, `DELETE FROM checkpoint`, `DELETE FROM log_tile`)
	_, err := h.log.Advance(h.t.Context())
	h.must(err)
}

// audit is what an auditor finds; outside says whether they know what others saw.
func (h *house) audit(outside bool) *evidence.Report {
	h.t.Helper()
	trust := auditor.Trust{Log: h.log.Key().Verifier()}
	if outside {
		w, err := ledger.NewWitness(h.witness.Key())
		h.must(err)
		trust.Witnesses = []*ledger.Witness{w}
		trust.Seen = append([][]byte{h.seen}, h.witnessed...)
	}
	r, err := auditor.Verify(h.t.Context(), h.store, trust)
	h.must(err)
	return r
}

// renumber moves the events behind seq by one.
const renumber = `UPDATE audit_event SET seq = -seq WHERE seq > %[1]d; UPDATE audit_event SET seq = -seq - 1 WHERE seq < 0`

// TestTamperClasses: each of the twelve ways to falsify the log is found and
// named, with the first event that is wrong. Those that need somebody outside
// (a witness, a head that an auditor kept) are shown not to be found without.
func TestTamperClasses(t *testing.T) {
	for _, tc := range []struct {
		name    string
		how     func(*house)
		code    evidence.Code
		event   int64 // the first that is wrong; 0: not one
		outside bool  // it takes somebody who saw the log
	}{
		{"1 a field changed", func(h *house) {
			h.tamper(`UPDATE audit_event SET leaf = replace(leaf, '"by":"requester"', '"by":"technician"') WHERE seq = 700`)
		}, evidence.TreeFalse, 700, false},
		{"2 the first event deleted", func(h *house) { h.tamper(`PRAGMA foreign_keys = OFF`, `DELETE FROM audit_event WHERE seq = 1`) }, evidence.Gap, 1, false},
		{"3 one in the middle deleted, the rest moved up", func(h *house) {
			h.tamper(`PRAGMA foreign_keys = OFF`, `DELETE FROM audit_event WHERE seq = 500`, fmt.Sprintf(renumber, 500))
		}, evidence.TreeFalse, 500, false},
		{"4 the last event deleted", func(h *house) { h.tamper(`PRAGMA foreign_keys = OFF`, `DELETE FROM audit_event WHERE seq = 1000`) }, evidence.RolledBack, 0, false},
		{"5 two events swapped", func(h *house) {
			h.tamper(`PRAGMA foreign_keys = OFF`, `UPDATE audit_event SET seq = -1 WHERE seq = 300`, `UPDATE audit_event SET seq = 300 WHERE seq = 303`, `UPDATE audit_event SET seq = 303 WHERE seq = -1`)
		}, evidence.TreeFalse, 300, false},
		{"6 an event put in between", func(h *house) {
			h.tamper(`PRAGMA foreign_keys = OFF`, `UPDATE audit_event SET seq = -seq WHERE seq > 250`, `UPDATE audit_event SET seq = -seq + 1 WHERE seq < 0`,
				`INSERT INTO audit_event (seq, id, kind, session, leaf) SELECT 251, 'new', kind, session, replace(leaf, '"seq":250', '"seq":251') FROM audit_event WHERE seq = 250`)
		}, evidence.TreeFalse, 251, false},
		{"7 cut back to an old state, with its old signature", func(h *house) {
			h.tamper(`PRAGMA foreign_keys = OFF`, `DELETE FROM audit_personal WHERE seq > 400`, `DELETE FROM audit_event WHERE seq > 400`, `DELETE FROM cosignature WHERE size > 400`,
				`DELETE FROM checkpoint WHERE size > 400`)
		}, evidence.RolledBack, 0, true},
		{"8 rewritten and signed anew with the stolen key", func(h *house) {
			h.forge(`UPDATE audit_event SET leaf = replace(leaf, 'technician', 'operator') WHERE seq = 700 OR seq = 701 OR seq = 702`)
		}, evidence.Forked, 0, true},
		{"9 dated back", func(h *house) { h.backdate() }, evidence.Backdated, 1001, true},
		{"10 personal data replaced", func(h *house) {
			h.tamper(`UPDATE audit_personal SET value = replace(value, 'Grace', 'Mallo') WHERE value LIKE '%Grace%'`)
		}, evidence.PersonalFalse, 3, false},
		{"11 what a client signed replaced, and the log signed anew", func(h *house) {
			h.forge(`UPDATE audit_event SET leaf = replace(leaf, '"by":"requester"', '"by":"technician"') WHERE seq = 700`)
		}, evidence.ClientDiffers, 700, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			if r := h.audit(true); r.Exit() != evidence.ExitProven {
				t.Fatalf("before: %+v", r.Findings)
			}
			tc.how(h)
			if inside := h.audit(false); inside.Has(tc.code) == tc.outside {
				t.Errorf("without a witness: %+v", inside.Findings)
			}
			r := h.audit(true)
			at := slices.IndexFunc(r.Findings, func(f evidence.Finding) bool { return f.Code == tc.code && f.Event == tc.event })
			if r.Exit() != evidence.ExitFalse || at < 0 {
				t.Errorf("found %+v, want %s at %d", r.Findings, tc.code, tc.event)
			}
			for _, f := range r.Findings {
				if f.Kind == evidence.False && f.Event != 0 && tc.event != 0 && f.Event < tc.event {
					t.Errorf("named event %d (%s) before the first wrong one, %d", f.Event, f.Code, tc.event)
				}
			}
		})
	}
}

// backdate adds an event that says it was yesterday's, as somebody who holds
// database and key can.
func (h *house) backdate() {
	h.t.Helper()
	h.must(journal.New(h.store).Note(h.t.Context(), record.New(record.BrokerStopped{}, record.ByBroker, record.Actor{Kind: record.Broker})))
	var leaf []byte
	h.must(h.store.View(h.t.Context(), func(v *store.View) error {
		all, err := v.Leaves("", events, 1)
		leaf = all[0].Bytes
		return err
	}))
	e, err := record.ParseLeaf(leaf)
	h.must(err)
	e.Time = e.Time.Add(-24 * time.Hour)
	leaf, err = e.Leaf()
	h.must(err)
	h.tamper(`UPDATE audit_event SET leaf = '` + strings.ReplaceAll(string(leaf), "'", "''") + `' WHERE seq = 1001`)
	_, err = h.log.Advance(h.t.Context())
	h.must(err)
}

// TestKeptHashesAreChecked: proofs come from kept hashes, so these are part of
// the log.
func TestKeptHashesAreChecked(t *testing.T) {
	h := newHouse(t)
	tile := bytes.Repeat([]byte{1}, 256*tlog.HashSize)
	h.tamper(`UPDATE log_tile SET hashes = '` + base64.RawURLEncoding.EncodeToString(tile) + `' WHERE level = 0 AND n = 1`)
	r := h.audit(false)
	if at := slices.IndexFunc(r.Findings, func(f evidence.Finding) bool { return f.Code == evidence.TreeFalse && f.Event == 257 }); at < 0 {
		t.Errorf("found %+v", r.Findings)
	}
}

// TestErasureLeavesEveryProof: after erasing, names are nowhere in the file's
// pages and everything still verifies.
func TestErasureLeavesEveryProof(t *testing.T) {
	h := newHouse(t)
	j := journal.New(h.store)
	h.must(j.Update(h.t.Context(), func(tx *store.Tx) ([]record.Event, error) {
		n, err := tx.ErasePersonal("s-1")
		if n != 1 {
			t.Errorf("erased %d, want 1", n)
		}
		return []record.Event{record.New(record.PersonErased{Subject: "s-1", Events: n}, record.ByBroker, record.Actor{Kind: record.Operator})}, err
	}))
	_, err := h.log.Advance(t.Context())
	h.must(err)
	if r := h.audit(true); r.Exit() != evidence.ExitProven {
		t.Errorf("after erasing: %+v", r.Findings)
	}
	h.must(h.store.View(t.Context(), func(v *store.View) error {
		f, err := auditor.Export(v, h.log.Key(), "s-1", auditor.Everybody)
		if err != nil {
			return err
		}
		r := evidence.Verify(f, evidence.Trust{Log: h.log.Key().Public()})
		if r.Exit() == evidence.ExitFalse || !r.Has(evidence.Included) || !r.Has(evidence.PersonalErased) || r.Has(evidence.PersonalOpened) {
			t.Errorf("evidence: %+v", r.Findings)
		}
		f, err = auditor.Export(v, h.log.Key(), "s-2", auditor.Everybody)
		if err == nil && !evidence.Verify(f, evidence.Trust{}).Has(evidence.PersonalOpened) {
			t.Error("another session's data is gone")
		}
		return err
	}))
}
