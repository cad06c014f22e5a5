// Package certs gives a TLS server its certificate: from a local authority that
// it keeps in a folder, or from given files that are read again when they
// change. It knows nothing of Beside.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 90 * 24 * time.Hour
	// backdate forgives clocks that run behind this one's.
	backdate = time.Hour
)

// Authority is a certificate authority of one installation. Browsers do not
// know it; a client whose configuration pins it does. It is immutable.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// OpenAuthority reads the authority in dir, or makes it there, its key readable
// by this account alone. Two processes that open at once get the same one.
func OpenAuthority(dir string) (*Authority, error) {
	path := filepath.Join(dir, "authority.pem")
	// #nosec G304 -- in the operator's folder
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeAuthority(dir, path); err != nil {
			return nil, fmt.Errorf("make local authority: %w", err)
		}
		// #nosec G304 -- in the operator's folder
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read local authority: %w", err)
	}
	a, err := parseAuthority(raw)
	if err != nil {
		return nil, fmt.Errorf("local authority %s: %w: remove the file to make a new one; clients in use will have to be downloaded again", path, err)
	}
	return a, nil
}

// makeAuthority writes key and certificate as one file that appears whole: a
// link fails when another process was first, and then theirs is used.
func makeAuthority(dir, path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Beside local authority"},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".authority-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	err = errors.Join(
		pem.Encode(temp, &pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.Encode(temp, &pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
		temp.Sync(), temp.Close(),
	)
	if err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func parseAuthority(raw []byte) (*Authority, error) {
	a := &Authority{}
	for {
		var block *pem.Block
		if block, raw = pem.Decode(raw); block == nil {
			break
		}
		var err error
		switch block.Type {
		case "CERTIFICATE":
			a.cert, err = x509.ParseCertificate(block.Bytes)
		case "PRIVATE KEY":
			var key any
			if key, err = x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
				a.key, _ = key.(*ecdsa.PrivateKey)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if a.cert == nil || a.key == nil || !a.key.PublicKey.Equal(a.cert.PublicKey) {
		return nil, errors.New("certificate or key is missing, or they do not belong together")
	}
	return a, nil
}

// PEM is the authority's certificate, for those who pin it.
func (a *Authority) PEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
}

// Fingerprint is the SHA-256 of a certificate in hexadecimal.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}

// Certificate is the authority's own certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// serial is 128 random bits (CA/Browser Forum asks for 64).
func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return n
}
