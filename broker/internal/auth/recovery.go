package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"net/http"
	"strings"

	"beside/broker/internal/desk"
	"beside/broker/internal/problem"
	"beside/broker/internal/secret"
	"beside/broker/internal/store"
	"beside/signaling/record"
)

const (
	// recoveryCodes is how many an account is given at once.
	recoveryCodes = 10
	// codeBytes is so many that a plain hash hides a code: 80 bits.
	codeBytes = 10
)

// codeText writes codes for people: no letter looks like a digit (Crockford).
var codeText = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newCodes replaces an account's recovery codes.
func newCodes(tx *store.Tx, tn store.Technician) ([]secret.Text, record.Event, error) {
	codes, hashes := make([]secret.Text, recoveryCodes), make([][]byte, recoveryCodes)
	for i := range codes {
		var b [codeBytes]byte
		rand.Read(b[:]) //nolint:errcheck // never fails, crypto/rand
		text := codeText.EncodeToString(b[:])
		codes[i] = secret.New(text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:])
		hashes[i] = hashCode(codes[i])
	}
	e := record.New(record.RecoveryCodesMade{Count: recoveryCodes}, record.ByBroker, Actor(tn))
	return codes, e, tx.ReplaceRecoveryCodes(tn.ID, hashes)
}

// hashCode is the hash of a code however a person writes it.
func hashCode(code secret.Text) []byte {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code.Reveal()))
	return secret.New("recovery " + plain).Hash()
}

// NewRecoveryCodes gives the caller new recovery codes; the earlier ones are
// good no more.
func (d *Desk) NewRecoveryCodes(ctx context.Context, who Identity) (codes []secret.Text, err error) {
	err = d.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		var made record.Event
		codes, made, err = newCodes(tx, who.Technician)
		return []record.Event{made}, err
	})
	return codes, err
}

// SignInByRecovery spends a recovery code of the account with an address. Of
// what was wrong nobody learns more than that it was: there is one answer, one
// query and one limit for accounts that exist and those that do not.
func (d *Desk) SignInByRecovery(
	ctx context.Context, email string, code secret.Text, from Remote,
) (store.Technician, secret.Text, error) {
	if wait := d.networks.Take(from.Addr); wait > 0 {
		return store.Technician{}, secret.Text{}, problem.TooMany(wait)
	}
	email, err := desk.Email(email)
	if err != nil {
		return store.Technician{}, secret.Text{}, err
	}
	if wait := d.accounts.Take(email); wait > 0 {
		return store.Technician{}, secret.Text{}, problem.TooMany(wait)
	}
	return d.enter(ctx, ByRecovery, from, func(tx *store.Tx) (string, []record.Event, error) {
		id, err := tx.SpendRecoveryCode(email, hashCode(code))
		if errors.Is(err, store.ErrNotFound) {
			return "", nil, problem.New(http.StatusUnauthorized, "recovery_refused",
				"Address and code do not belong together, or the code was used before. Check both, or ask for a sign-in link.")
		}
		return id, nil, err
	})
}
