package web

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"beside/viewer"
)

// pages serves the built pages: files under their names, their manifest, the
// landing page under /j/…, and the technician's app under every other path.
type pages struct {
	files          fs.FS
	app, requester []byte
	manifest       []byte // of all files
}

func newPages(files fs.FS) (*pages, error) {
	app, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	requester, err := fs.ReadFile(files, "requester.html")
	if errors.Is(err, fs.ErrNotExist) {
		requester, err = app, nil // the placeholder is one page
	}
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	manifest, err := viewer.Manifest(files)
	if err != nil {
		return nil, err
	}
	return &pages{files: files, app: app, requester: requester, manifest: manifest}, nil
}

// ServeHTTP implements http.Handler.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Pages are only read.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case r.URL.Path == viewer.ManifestPath:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		// #nosec G705 -- made of this program's files
		w.Write(p.manifest) //nolint:errcheck // the reader went away
	case strings.HasPrefix(name, "j/"), name == "help":
		p.html(w, p.requester)
	case name == "index.html" || name == "requester.html":
		p.html(w, p.app)
	case p.isFile(name):
		if strings.HasPrefix(name, "assets/") { // their names hold their hash
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		// #nosec G703 -- the files are those in this program
		http.ServeFileFS(w, r, p.files, name)
	case path.Ext(name) != "":
		http.NotFound(w, r)
	default:
		p.html(w, p.app)
	}
}

func (p *pages) isFile(name string) bool {
	info, err := fs.Stat(p.files, name)
	return err == nil && info.Mode().IsRegular()
}

func (p *pages) html(w http.ResponseWriter, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// #nosec G705 -- the page is one of this program's
	w.Write(page) //nolint:errcheck // the browser went away
}

// BrokerMeta names the element by which a page that no broker serves learns where its
// broker is.
const BrokerMeta = "beside-broker"

// Pages serves the technician's pages of files for a program that is no broker, under
// the headers that a broker sends with them. The page is told where its broker is.
func Pages(files fs.FS, broker *url.URL) (http.Handler, error) {
	p, err := newPages(files)
	if err != nil {
		return nil, err
	}
	before, after, ok := bytes.Cut(p.app, []byte("<head>"))
	if !ok {
		return nil, errors.New("the page has no head")
	}
	meta := fmt.Sprintf(`<head><meta name=%q content="%s">`, BrokerMeta, html.EscapeString(broker.String()))
	p.app = slices.Concat(before, []byte(meta), after)
	p.requester = p.app // links lead to the broker
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), r.Host, false)
		p.ServeHTTP(w, r)
	}), nil
}
