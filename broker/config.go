package main

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"beside/broker/internal/auth"
	"beside/broker/internal/desk"
	"beside/broker/internal/invitation"
	"beside/broker/internal/relay"
	"beside/broker/internal/session"
	"beside/signaling/invite"
)

// minRelayLife leaves time to renew.
const minRelayLife = 4 * time.Second

// off turns a listener off.
const off = "off"

// Config is everything that `beside serve` can be told.
type Config struct {
	URL          string         `help:"Public address. Default: the name in --tls-cert, else that of --listen-http." env:"BESIDE_URL" placeholder:"URL"`
	Organisation string         `help:"Name that requesters are shown." default:"Help desk" env:"BESIDE_ORGANISATION"`
	Complaints   string         `help:"How to complain, as receipts say: a phone number, an address. Default: ask the organisation." env:"BESIDE_COMPLAINTS" placeholder:"TEXT"`
	ListenHTTP   string         `name:"listen-http" aliases:"http" help:"Plain listener, for this machine alone." default:"localhost:8080" env:"BESIDE_LISTEN_HTTP" placeholder:"HOST:PORT"`
	ListenHTTPS  string         `name:"listen-https" aliases:"https" help:"TLS listener; off: none. Default: :8443 where it is free." env:"BESIDE_LISTEN_HTTPS" placeholder:"HOST:PORT"`
	ListenRelay  string         `name:"listen-relay" aliases:"relay" help:"STUN and TURN listener (UDP); off: none. Default: :3478, or any free port." env:"BESIDE_LISTEN_RELAY" placeholder:"HOST:PORT"`
	ListenStats  string         `name:"listen-metrics" help:"Where Prometheus reads GET /metrics: plain, without signing in, counts only; off: nowhere." default:"off" env:"BESIDE_LISTEN_METRICS" placeholder:"HOST:PORT"`
	RelayHost    string         `help:"Name or address by which both ends reach the relay. Default: the host of the public address." env:"BESIDE_RELAY_HOST" placeholder:"HOST"`
	RelayLife    time.Duration  `help:"How long credentials of the relay may be used; they are renewed before." default:"10m" env:"BESIDE_RELAY_LIFE"`
	TLSCert      string         `name:"tls-cert" help:"Certificate chain (PEM) in place of the local authority's; read again when it changes." env:"BESIDE_TLS_CERT" placeholder:"FILE"`
	TLSKey       string         `name:"tls-key" help:"Its key (PEM)." env:"BESIDE_TLS_KEY" placeholder:"FILE"`
	ClientDir    string         `help:"Folder of the built client. Default: that of this program." env:"BESIDE_CLIENT_DIR" placeholder:"DIR"`
	Invitation   time.Duration  `name:"invitation-life" help:"How long a link waits to be used." default:"15m" env:"BESIDE_INVITATION_LIFE"`
	LostAfter    time.Duration  `help:"How long a session waits for a client that is away." default:"10m" env:"BESIDE_LOST_AFTER"`
	Witness      []string       `help:"Have each state of the log cosigned by this witness, KEY@URL; may be given again." env:"BESIDE_WITNESS" placeholder:"KEY@URL"`
	AlarmWebhook string         `help:"Where an alarm of a requester is posted, signed, until it is taken." env:"BESIDE_ALARM_WEBHOOK" placeholder:"URL"`
	AlarmSecret  string         `help:"File that holds the secret of its signature, 32 bytes or more." env:"BESIDE_ALARM_SECRET" placeholder:"FILE"`
	Forward      forwardFlags   `embed:""`
	Mail         mailFlags      `embed:""`
	ProofLife    time.Duration  `help:"How long after a passkey was used its owner may change accounts, policy and keys." default:"10m" env:"BESIDE_PROOF_LIFE"`
	Recordings   recordingFlags `embed:"" prefix:"recordings-" envprefix:"BESIDE_RECORDINGS_"`
	OIDC         providerFlags  `embed:"" prefix:"oidc-" envprefix:"BESIDE_OIDC_"`
	LogLevel     string         `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"BESIDE_LOG_LEVEL"`
}

// Validate reports the first setting that cannot be served: its flag, the bad
// value and what to do.
func (c Config) Validate() error {
	if c.URL != "" {
		if _, err := publicURL(c.URL); err != nil {
			return bad("url", c.URL, err.Error())
		}
	}
	if _, err := desk.Line("organisation", c.Organisation, 1, desk.MaxName); err != nil {
		return bad("organisation", c.Organisation, err.Error())
	}
	if _, err := desk.Line("complaints", c.Complaints, 0, desk.MaxName); err != nil {
		return bad("complaints", c.Complaints, err.Error())
	}
	host, _, err := net.SplitHostPort(c.ListenHTTP)
	if err != nil {
		return bad("listen-http", c.ListenHTTP, "write it as localhost:8080")
	}
	if !invite.IsLoopback(host) {
		return bad("listen-http", c.ListenHTTP, "plain HTTP is for this machine alone; use localhost, and --listen-https for others")
	}
	for flag, value := range map[string]string{"listen-https": c.ListenHTTPS, "listen-relay": c.ListenRelay, "listen-metrics": c.ListenStats} {
		if value == "" || value == off {
			continue
		}
		if _, _, err := net.SplitHostPort(value); err != nil {
			return bad(flag, value, "write it as :8443, 192.0.2.1:8443 or off")
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return bad("tls-cert", c.TLSCert, "give --tls-cert and --tls-key together")
	}
	for _, text := range c.Witness {
		if _, at, err := parseWitness(text); err != nil || at == nil {
			return bad("witness", text, "write it as KEY@https://host/path, with the key that beside witness key prints")
		}
	}
	if c.Invitation < time.Second || c.Invitation > invitation.Life {
		return bad("invitation-life", c.Invitation.String(), "use 1s to "+invitation.Life.String())
	}
	if c.RelayLife < minRelayLife || c.RelayLife > relay.CredentialLife {
		return bad("relay-life", c.RelayLife.String(), "use "+minRelayLife.String()+" to "+relay.CredentialLife.String())
	}
	if err := errors.Join(c.OIDC.validate(), c.Recordings.validate(), c.Forward.validate(), c.Mail.validate()); err != nil {
		return err
	}
	if c.ProofLife < time.Second || c.ProofLife > auth.ProofLife {
		return bad("proof-life", c.ProofLife.String(), "use 1s to "+auth.ProofLife.String())
	}
	if c.LostAfter < time.Second || c.LostAfter > session.LostAfter {
		return bad("lost-after", c.LostAfter.String(), "use 1s to "+session.LostAfter.String())
	}
	return c.validateAlarm()
}

func (c Config) validateAlarm() error {
	if (c.AlarmWebhook == "") != (c.AlarmSecret == "") {
		return bad("alarm-webhook", c.AlarmWebhook, "give --alarm-webhook and --alarm-secret together")
	}
	if c.AlarmWebhook == "" {
		return nil
	}
	_, err := webhookURL("alarm-webhook", c.AlarmWebhook)
	return err
}

// webhookURL reads where something is posted.
func webhookURL(flag, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || invite.CheckBroker(u) != nil {
		return nil, bad(flag, text, "write it as https://example.org/path; plain HTTP is for this machine alone")
	}
	return u, nil
}

// rootsIn reads the certificates of a file, which alone vouch then.
func rootsIn(flag, file string) (*x509.CertPool, error) {
	// #nosec G304 -- the file that the operator names
	raw, err := os.ReadFile(file)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(raw) {
		return nil, bad(flag, file, "name a file with certificates in PEM")
	}
	return roots, nil
}

func bad(flag, value, fix string) error {
	return &usageError{fmt.Errorf("--%s %q: %s", flag, value, fix)}
}

// publicURL reads the public address: scheme and host, nothing else.
func publicURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("write it as https://help.example")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("leave away what follows the host")
	}
	if err := invite.CheckBroker(u); err != nil {
		return nil, err
	}
	return address(u.Scheme, strings.ToLower(u.Hostname()), u.Port()), nil
}

// address is written as browsers write origins: without the scheme's usual port.
func address(scheme, host, port string) *url.URL {
	joined := net.JoinHostPort(host, port)
	if port == "" || port == map[string]string{"http": "80", "https": "443"}[scheme] {
		joined = strings.TrimSuffix(net.JoinHostPort(host, ""), ":")
	}
	return &url.URL{Scheme: scheme, Host: joined}
}

// settings is a configuration file: flags by their names.
type settings map[string]json.RawMessage

// configFile reads one. It is a kong.ConfigurationLoader.
func configFile(r io.Reader) (kong.Resolver, error) {
	var s settings
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf("configuration file is not a JSON object: %w", err)
	}
	return s, nil
}

// Validate refuses a name that is no flag: a slip of the pen must not pass for
// a setting.
func (s settings) Validate(app *kong.Application) error {
	var known []string
	if err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			known = append(known, f.Name)
		}
		return next(nil)
	}); err != nil {
		return err
	}
	for name := range s {
		if !slices.Contains(known, name) {
			return fmt.Errorf("configuration file: there is no setting %q", name)
		}
	}
	return nil
}

// Resolve implements kong.Resolver. The environment wins over the file.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	raw, ok := s[flag.Name]
	if !ok || slices.ContainsFunc(flag.Envs, isSet) {
		return nil, nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		text = string(raw) // a number or true, as it stands
	}
	return text, nil
}

func isSet(env string) bool {
	_, set := os.LookupEnv(env)
	return set
}
