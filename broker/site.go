package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"beside/broker/internal/download"
	"beside/broker/internal/invitation"
	"beside/certs"
	"beside/signaling/slot"
)

// siteFile, in the data folder, tells the other subcommands how the broker was
// last started, so that links they make lead to it. It holds nothing secret.
const siteFile = "site.json"

// site is what links and clients must know of a broker.
type site struct {
	URL            string   `json:"url"`
	Organisation   string   `json:"organisation"`
	LocalAuthority bool     `json:"localAuthority"` // clients must trust our own authority
	ClientDir      string   `json:"clientDir"`
	InvitationLife lifetime `json:"invitationLife"`
}

// lifetime is written as people write durations: "15m0s".
type lifetime struct{ time.Duration }

// MarshalText implements encoding.TextMarshaler.
func (l lifetime) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *lifetime) UnmarshalText(text []byte) (err error) {
	l.Duration, err = time.ParseDuration(string(text))
	return err
}

// writeSite replaces the file whole.
func writeSite(dir string, s site) error {
	body, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", siteFile, err)
	}
	temp, err := os.CreateTemp(dir, ".site-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", siteFile, err)
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone after the rename
	_, err = temp.Write(append(body, '\n'))
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), filepath.Join(dir, siteFile))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", siteFile, err)
	}
	return nil
}

// where lets a subcommand say what the last start did not.
type where struct {
	URL          string `help:"Public address. Default: that of the last serve." env:"BESIDE_URL" placeholder:"URL"`
	Organisation string `help:"Name that requesters are shown. Default: as of the last serve." env:"BESIDE_ORGANISATION"`
	ClientDir    string `help:"Folder of the built client. Default: as of the last serve." env:"BESIDE_CLIENT_DIR" placeholder:"DIR"`
}

// site reads how the broker in dir was last started.
func (w where) site(dir string) (site, *url.URL, error) {
	s := site{URL: "http://localhost:8080", Organisation: "Help desk", InvitationLife: lifetime{invitation.Life}}
	// #nosec G304 -- in the operator's folder
	body, err := os.ReadFile(filepath.Join(dir, siteFile))
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, nil, fmt.Errorf("read %s in %s: %w", siteFile, dir, err)
	}
	if w.URL != "" {
		s.URL = w.URL
	}
	if w.Organisation != "" {
		s.Organisation = w.Organisation
	}
	if w.ClientDir != "" {
		s.ClientDir = w.ClientDir
	}
	u, err := publicURL(s.URL)
	if err != nil {
		return s, nil, bad("url", s.URL, err.Error())
	}
	return s, u, nil
}

// shelf returns the clients of a site, configured for it.
func (s site) shelf(dir string) (*download.Shelf, error) {
	config := slot.Config{Broker: s.URL, Organisation: s.Organisation}
	if s.LocalAuthority {
		authority, err := certs.OpenAuthority(dir)
		if err != nil {
			return nil, err
		}
		config.Authority = authority.PEM()
	}
	clients := s.ClientDir
	if clients == "" {
		program, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find the client: %w", err)
		}
		clients = filepath.Dir(program)
	}
	return download.NewShelf(clients, config), nil
}
