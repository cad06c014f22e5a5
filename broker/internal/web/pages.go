package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// pages serves the built pages: files under their names, the landing page
// under /j/…, and the technician's app under every other path.
type pages struct {
	files          fs.FS
	app, requester []byte
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
	return &pages{files: files, app: app, requester: requester}, nil
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
	case strings.HasPrefix(name, "j/"):
		p.html(w, p.requester)
	case name == "index.html" || name == "requester.html":
		p.html(w, p.app)
	case p.isFile(name):
		if strings.HasPrefix(name, "assets/") { // their names hold their hash
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
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
	w.Write(page) //nolint:errcheck // the browser went away
}
