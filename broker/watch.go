package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"beside/broker/internal/watch"
	"beside/signaling/ledger"
)

type auditWatchCommand struct {
	URL       *url.URL      `arg:"" help:"Address of the log, such as https://help.example/log."`
	Key       string        `required:"" help:"The log's verifier key, as beside audit key prints it." placeholder:"KEY"`
	Seen      string        `required:"" help:"File that keeps the state of the log that was seen last." placeholder:"FILE" type:"path"`
	Every     time.Duration `help:"How often to look; 0: once." default:"1m"`
	Authority string        `help:"Certificate of a local authority to trust, PEM." placeholder:"FILE" type:"existingfile"`
}

// Run implements the subcommand.
func (w auditWatchCommand) Run(c *call) error {
	log, err := note.NewVerifier(w.Key)
	if err != nil {
		return bad("key", w.Key, "use what beside audit key prints")
	}
	client, err := trusting(w.Authority)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	feed := watch.NewFeed(w.URL, client)
	for {
		if err := w.look(c, feed, log); err != nil {
			return err
		}
		if w.Every == 0 {
			return nil
		}
		timer := time.NewTimer(w.Every)
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// look compares once. A log that cannot be reached now is said and no failure.
func (w auditWatchCommand) look(c *call, feed *watch.Feed, log note.Verifier) error {
	seen, err := os.ReadFile(w.Seen)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	signed, err := feed.Check(c.ctx, log, seen)
	switch {
	case errors.Is(err, ledger.ErrProof), errors.Is(err, ledger.ErrCheckpoint):
		// Both signatures together prove it to anybody.
		fmt.Fprintf(c.stdout, "%v\n\nSeen before:\n%s\nShown now:\n%s\n", err, seen, signed)
		return verdict(exitFailed)
	case err != nil && w.Every == 0:
		return err
	case err != nil:
		fmt.Fprintf(c.stderr, "beside: %v\n", err)
		return nil
	}
	if string(signed) == string(seen) {
		return nil
	}
	if err := replace(w.Seen, signed); err != nil {
		return err
	}
	head, err := ledger.Open(signed, log)
	if err != nil {
		return err
	}
	return c.answer(struct {
		Size int64 `json:"size"`
	}{head.Size}, "%d events, and all of before are the same.\n", head.Size)
}

// trusting returns a client that trusts one more authority.
func trusting(file string) (*http.Client, error) {
	if file == "" {
		return &http.Client{}, nil
	}
	// #nosec G304 -- the file that the operator names
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, bad("authority", file, "it holds no certificate in PEM")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}, nil
}

// replace writes a file whole, or leaves it as it was.
func replace(file string, body []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".beside-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone after the rename
	_, err = temp.Write(body)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
