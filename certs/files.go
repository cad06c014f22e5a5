package certs

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// checkEvery bounds how often the files are looked at: a stat for each
// handshake would be two system calls too many.
const checkEvery = time.Second

// Files serves a certificate from a pair of PEM files and reads them again when
// either changed, so that a renewal needs no restart. While the new pair is not
// whole (half written, key of another certificate) the old one is served.
type Files struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex // guards what follows
	cert    *tls.Certificate
	seen    [2]stamp // of the files that cert was read from, or last refused
	checked time.Time
}

// stamp tells one content of a file from the next.
type stamp struct {
	modified time.Time
	size     int64
}

// OpenFiles reads the pair; log is told when a later pair is taken or refused.
func OpenFiles(certFile, keyFile string, log *slog.Logger) (*Files, error) {
	f := &Files{certFile: certFile, keyFile: keyFile, log: log}
	seen, err := f.stamps()
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("read certificate %s and key %s: %w", certFile, keyFile, err)
	}
	f.cert, f.seen, f.checked = &cert, seen, time.Now()
	return f, nil
}

// GetCertificate is for tls.Config.
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.checked) < checkEvery {
		return f.cert, nil
	}
	f.checked = time.Now()
	seen, err := f.stamps()
	if err != nil || seen == f.seen {
		return f.cert, nil // a file being replaced may be absent for a moment
	}
	f.seen = seen
	cert, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
	if err != nil {
		f.log.Warn("new certificate refused, the old one is still served", "file", f.certFile, "error", err)
		return f.cert, nil
	}
	f.log.Info("certificate read again", "file", f.certFile, "until", cert.Leaf.NotAfter)
	f.cert = &cert
	return f.cert, nil
}

func (f *Files) stamps() (out [2]stamp, err error) {
	for i, name := range []string{f.certFile, f.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, nil
}
