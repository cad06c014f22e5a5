package record_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"beside/signaling/record"
)

func TestStatementIsTheClientsAlone(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	pub := key.Public().(ed25519.PublicKey)
	body, err := json.Marshal(record.Claim{
		Session: "s1", Seq: 1, Prev: []byte{}, Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Kind: record.KindRightsRevoked, Data: json.RawMessage(`{"generation":2,"scopes":"control","by":"requester"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(body []byte) record.Statement {
		return record.Statement{Body: body, Signature: ed25519.Sign(key, append([]byte(record.StatementLabel), body...))}
	}
	good := sign(body)
	c, data, err := good.Open(pub)
	if want := (record.RightsRevoked{Generation: 2, Scopes: "control", By: "requester"}); err != nil || c.Seq != 1 || c.Session != "s1" || data != want {
		t.Errorf("opened %+v, %+v, %v", c, data, err)
	}
	other, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	changed := good
	changed.Body = bytes.Replace(body, []byte("control"), []byte("view"), 1)
	unlabelled := record.Statement{Body: body, Signature: ed25519.Sign(key, body)}
	for name, tc := range map[string]struct {
		s   record.Statement
		key ed25519.PublicKey
	}{
		"another key":            {good, other},
		"no key":                 {good, nil},
		"changed":                {changed, pub},
		"without the label":      {unlabelled, pub},
		"a broker's kind":        {sign(bytes.Replace(body, []byte("client.revoked"), []byte("session.ended"), 1)), pub},
		"unknown kind":           {sign(bytes.Replace(body, []byte("client.revoked"), []byte("client.dreamt"), 1)), pub},
		"unknown member":         {sign(bytes.Replace(body, []byte(`"seq":1`), []byte(`"seq":1,"more":1`), 1)), pub},
		"unknown member of data": {sign(bytes.Replace(body, []byte(`"by"`), []byte(`"more":1,"by"`), 1)), pub},
		"not JSON":               {sign([]byte("hello")), pub},
		"something behind":       {sign(append(bytes.Clone(body), "{}"...)), pub},
		"nothing":                {record.Statement{}, pub},
	} {
		if _, data, err := tc.s.Open(tc.key); !errors.Is(err, record.ErrStatement) || data != nil {
			t.Errorf("%s: %+v, %v; want ErrStatement", name, data, err)
		}
	}
	if bytes.Equal(good.Hash(), changed.Hash()) || !bytes.Equal(good.Hash(), unlabelled.Hash()) {
		t.Error("the hash is not that of the body")
	}
}

// The viewer signs the same bytes: viewer/src/session/seal.test.ts.
func TestSealStatement(t *testing.T) {
	root := bytes.Repeat([]byte{7}, 32)
	want := append([]byte("beside/seal/v1\x00s-1\x00\x00\x00\x00\x00\x00\x00\x01\x02"), root...)
	if got := record.SealStatement("s-1", 258, root); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
