package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"beside/broker/internal/relay"
	"beside/certs"
)

// Where to listen when nobody said.
const (
	usualHTTPS = ":8443"
	usualRelay = ":3478"
)

// listeners is where the broker can be reached.
type listeners struct {
	public *url.URL
	plain  net.Listener
	tls    net.Listener // nil: none
	stats  net.Listener // of metrics; nil: none
	local  bool         // tls has a certificate of the local authority
	hosts  []string     // names and addresses of this machine
	// certified is the name in a given certificate, if it has one.
	certified string

	servers []*http.Server
}

// listen opens the listeners. The caller closes them, or serves and shuts down.
func listen(ctx context.Context, dir string, c Config, log *slog.Logger) (*listeners, error) {
	hostname, err := os.Hostname()
	if err != nil {
		hostname = "" // a name more or less
	}
	l := &listeners{hosts: certs.LocalHosts(hostname)}
	if err := l.open(ctx, dir, c, log); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *listeners) open(ctx context.Context, dir string, c Config, log *slog.Logger) (err error) {
	var config net.ListenConfig
	if l.plain, err = config.Listen(ctx, "tcp", c.ListenHTTP); err != nil {
		return fmt.Errorf("listen on --listen-http: %w", err)
	}
	if err := l.openTLS(ctx, dir, c, log); err != nil {
		return err
	}
	if c.ListenStats != "" && c.ListenStats != off {
		if l.stats, err = config.Listen(ctx, "tcp", c.ListenStats); err != nil {
			return fmt.Errorf("listen on --listen-metrics: %w", err)
		}
	}
	text := c.URL
	switch {
	case text != "":
	case l.certified != "":
		text = address("https", l.certified, port(l.tls)).String()
	default:
		text = address("http", "localhost", port(l.plain)).String()
	}
	l.public, err = publicURL(text)
	return err
}

// openTLS opens the TLS listener. On the usual port it does without when
// another program has it; where it was told to listen, it must.
func (l *listeners) openTLS(ctx context.Context, dir string, c Config, log *slog.Logger) error {
	address := c.ListenHTTPS
	switch address {
	case off:
		return nil
	case "":
		address = usualHTTPS
	}
	var open net.ListenConfig
	tcp, err := open.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) && c.ListenHTTPS == "" {
		log.Warn("no https: the usual port is taken; choose another with --listen-https", "address", address)
		return nil
	}
	if err != nil {
		return fmt.Errorf("listen on --listen-https: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	if c.TLSCert != "" {
		files, err := certs.OpenFiles(c.TLSCert, c.TLSKey, log)
		if err != nil {
			return errors.Join(err, tcp.Close())
		}
		config.GetCertificate = files.GetCertificate
		if l.certified, err = certifiedName(files); err != nil {
			return errors.Join(err, tcp.Close())
		}
	} else {
		authority, err := certs.OpenAuthority(dir)
		if err != nil {
			return errors.Join(err, tcp.Close())
		}
		hosts := l.hosts
		if u, err := url.Parse(c.URL); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
		config.GetCertificate, l.local = authority.Local(hosts...).GetCertificate, true
	}
	l.tls = tls.NewListener(tcp, config)
	return nil
}

// certifiedName is the first name of a given certificate that is one host's:
// where links lead to when nobody gave --url.
func certifiedName(files *certs.Files) (string, error) {
	cert, err := files.GetCertificate(nil)
	if err != nil {
		return "", fmt.Errorf("read --tls-cert: %w", err)
	}
	for _, name := range cert.Leaf.DNSNames {
		if !strings.HasPrefix(name, "*.") {
			return name, nil
		}
	}
	for _, ip := range cert.Leaf.IPAddresses {
		return ip.String(), nil
	}
	return "", nil
}

func port(l net.Listener) string {
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		panic(err) // the address of a TCP listener
	}
	return p
}

// boundTo is the address of a listener, or off.
func boundTo(l net.Listener) string {
	if l == nil {
		return off
	}
	return l.Addr().String()
}

// localAuthority reports whether clients must trust our own authority to reach
// the public address.
func (l *listeners) localAuthority() bool { return l.local && l.public.Scheme == "https" }

// addresses lists where pages of ours may come from, the public one first.
func (l *listeners) addresses() []*url.URL {
	all := []*url.URL{l.public}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		all = append(all, address("http", host, port(l.plain)))
	}
	if l.tls == nil {
		return all
	}
	for _, host := range l.hosts {
		all = append(all, address("https", host, port(l.tls)))
	}
	return all
}

// relay says how the relay listens; nil: not at all.
func (l *listeners) relay(c Config, log *slog.Logger) *relay.Config {
	host := c.RelayHost
	if host == "" {
		host = l.public.Hostname()
	}
	if host == "localhost" {
		host = "127.0.0.1" // the same for both ends, whatever they take localhost for
	}
	config := &relay.Config{Listen: c.ListenRelay, Host: host, Life: c.RelayLife, Log: log}
	switch c.ListenRelay {
	case off:
		return nil
	case "":
		config.Listen, config.Fallback = usualRelay, ":0"
	}
	return config
}

// serve answers on every listener, until shutdown.
func (l *listeners) serve(group *errgroup.Group, handler, stats http.Handler, log *slog.Logger) {
	for _, one := range []struct {
		at      net.Listener
		handler http.Handler
	}{{l.plain, handler}, {l.tls, handler}, {l.stats, stats}} {
		at := one.at
		if at == nil {
			continue
		}
		server := &http.Server{
			Handler:           one.handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       15 * time.Second,
			WriteTimeout:      30 * time.Second, // streams and downloads set their own
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    8 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken handshakes of strangers
		}
		l.servers = append(l.servers, server)
		group.Go(func() error {
			if err := server.Serve(at); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", at.Addr(), err)
			}
			return nil
		})
	}
}

// shutdown lets requests finish until ctx ends, then cuts them off.
func (l *listeners) shutdown(ctx context.Context) error {
	var all error
	for _, server := range l.servers {
		if err := server.Shutdown(ctx); err != nil {
			all = errors.Join(all, server.Close())
		}
	}
	return all
}

// close closes what no server has closed.
func (l *listeners) close() {
	for _, at := range []net.Listener{l.plain, l.tls, l.stats} {
		if at != nil {
			at.Close() //nolint:errcheck // closed by its server, or never used
		}
	}
}
