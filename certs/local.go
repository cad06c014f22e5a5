package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"sync"
	"time"
)

// Local serves a certificate of the local authority for a fixed list of names
// and addresses, and makes a new one when a third of its life is left.
type Local struct {
	authority *Authority
	hosts     []string

	mu   sync.Mutex // guards leaf
	leaf *tls.Certificate
}

// Local returns the source of certificates for hosts: names and IP addresses.
func (a *Authority) Local(hosts ...string) *Local {
	return &Local{authority: a, hosts: hosts}
}

// GetCertificate is for tls.Config. It answers whatever name was asked for: the
// client's check of the name is what counts.
func (l *Local) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leaf != nil && time.Until(l.leaf.Leaf.NotAfter) > leafLife/3 {
		return l.leaf, nil
	}
	leaf, err := l.authority.issue(l.hosts)
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	l.leaf = leaf
	return leaf, nil
}

func (a *Authority) issue(hosts []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Beside broker"},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: parsed}, nil
}

// LocalHosts lists what this machine may be reached by on its own network:
// localhost, its name, and the addresses of its interfaces.
func LocalHosts(hostname string) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if hostname != "" {
		hosts = append(hosts, hostname)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return hosts // loopback still works
	}
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			hosts = append(hosts, n.IP.String())
		}
	}
	return hosts
}
