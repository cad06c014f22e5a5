package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"beside/broker/internal/local"
	"beside/signaling/invite"
	"beside/viewer"
)

type viewerCommand struct {
	Broker    string `arg:"" optional:"" help:"Address of the broker, as https://help.example."`
	Listen    string `help:"Where this computer's browser reaches it: a loopback address." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	Authority string `help:"File of the authority that vouches for the broker, when it is its own (authority.pem)." placeholder:"FILE"`
	Hash      bool   `help:"Print the hash of the viewer in this program, and end." xor:"what"`
	Manifest  bool   `help:"Print the SHA-256 of each of its files, and end." xor:"what"`
	Compare   bool   `help:"Compare what the broker serves with the viewer in this program, and end." xor:"what"`
}

// Run implements the subcommand.
func (v viewerCommand) Run(c *call) error {
	manifest, hash := pages()
	switch {
	case v.Hash:
		return c.answer(struct {
			Hash string `json:"hash"`
		}{hash}, "%s\n", hash)
	case v.Manifest:
		_, err := c.stdout.Write(manifest)
		return err
	}
	broker, err := v.broker()
	if err != nil {
		return err
	}
	transport, err := v.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	if v.Compare {
		return compareViewer(c, broker, transport, string(manifest), hash)
	}
	return v.serve(c, broker, transport)
}

func (v viewerCommand) broker() (*url.URL, error) {
	if v.Broker == "" {
		return nil, &usageError{errors.New("name the broker: beside viewer https://help.example")}
	}
	u, err := publicURL(v.Broker)
	if err != nil {
		return nil, &usageError{fmt.Errorf("%s: %w", v.Broker, err)}
	}
	return u, nil
}

func (v viewerCommand) transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ForceAttemptHTTP2, t.TLSClientConfig = false, &tls.Config{MinVersion: tls.VersionTLS12} // websockets need HTTP/1.1
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if v.Authority == "" {
		return t, nil
	}
	var err error
	t.TLSClientConfig.RootCAs, err = rootsIn("authority", v.Authority)
	return t, err
}

// serve runs until the process is told to stop.
func (v viewerCommand) serve(c *call, broker *url.URL, transport *http.Transport) error {
	if !viewer.Built() {
		return errors.New("this program was built without the viewer: run make build")
	}
	host, _, err := net.SplitHostPort(v.Listen)
	if err != nil || !invite.IsLoopback(host) {
		return bad("listen", v.Listen, "write it as 127.0.0.1:PORT: nobody else's browser may come")
	}
	listener, err := new(net.ListenConfig).Listen(c.ctx, "tcp", v.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	log := slog.New(slog.NewTextHandler(c.stderr, nil))
	h, err := local.New(local.Config{Broker: broker, Address: listener.Addr(), Files: viewer.Files(), Transport: transport, Log: log})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(c.stdout, "The viewer of this program, for %s:\n\n  %s\n\n", broker, h.URL())
	fmt.Fprintln(c.stdout, "Passkeys and single sign-on belong to the broker's own address and do not work here. Sign in with a recovery code,")
	fmt.Fprintln(c.stdout, "or paste a sign-in link and open what is answered. Ctrl+C ends it.")
	go translate(os.Stdin, c.stdout, broker, h.URL())
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	stop := context.AfterFunc(c.ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// translate answers each link to the broker's page with the same page here.
func translate(in io.Reader, out io.Writer, broker, own *url.URL) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != broker.Scheme || !strings.EqualFold(u.Host, broker.Host) || strings.HasPrefix(u.Path, "/j/") {
			fmt.Fprintln(out, "That is no link to a technician's page of this broker.")
			continue
		}
		u.Scheme, u.Host = own.Scheme, own.Host
		fmt.Fprintf(out, "\n  %s\n\n", u)
	}
}

const (
	compareWithin  = time.Minute
	maxServedBytes = 32 << 20
)

// compareViewer fetches each page as a browser would and compares it with ours. What
// the broker says of its own hash is printed and proves nothing.
func compareViewer(c *call, broker *url.URL, transport http.RoundTripper, manifest, hash string) error {
	ctx, cancel := context.WithTimeout(c.ctx, compareWithin)
	defer cancel()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	claimed, err := served(ctx, client, broker, viewer.ManifestPath)
	if err != nil && !errors.Is(err, errNotServed) {
		return err
	}
	var differ []string
	count := 0
	for line := range strings.Lines(manifest) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		body, err := served(ctx, client, broker, pathOf(name))
		if err != nil && !errors.Is(err, errNotServed) {
			return err
		}
		count++
		got := sha256.Sum256(body)
		if err != nil || hex.EncodeToString(got[:]) != sum {
			differ = append(differ, name)
		}
	}
	result := struct {
		Hash    string   `json:"hash"`
		Claimed string   `json:"claimed"`
		Files   int      `json:"files"`
		Differ  []string `json:"differ"`
	}{hash, viewer.Hash(claimed), count, differ}
	said := fmt.Sprintf("The viewer of this program:  %s\nThe broker says of its own:  %s\n", result.Hash, result.Claimed)
	if len(differ) == 0 {
		return c.answer(result, "%sAll %d files that %s served just now are those of this program.\n", said, count, broker)
	}
	err = c.answer(result, "%s%d of %d files that %s served just now are others:\n  %s\n", said, len(differ), count, broker, strings.Join(differ, "\n  "))
	return errors.Join(err, verdict(exitFailed))
}

// pathOf is where a browser meets a file.
func pathOf(name string) string {
	switch name {
	case "index.html":
		return "/"
	case "requester.html":
		return "/j/" + strings.Repeat("A", 22)
	}
	return "/" + name
}

var errNotServed = errors.New("the broker does not serve it")

func served(ctx context.Context, client *http.Client, broker *url.URL, path string) ([]byte, error) {
	// #nosec G125 -- paths are of our own manifest
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, broker.JoinPath(path).String(), nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", broker, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxServedBytes))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %w: %s", path, errNotServed, res.Status)
	}
	return body, nil
}
