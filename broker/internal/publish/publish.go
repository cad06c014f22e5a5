// Package publish serves the log's signed head and the hashes of its tree, in
// the layout of C2SP tlog-tiles, below Prefix:
//
//	GET /log/checkpoint           signed, with the cosignatures that there are
//	GET /log/key                  the verifier key, as text
//	GET /log/tile/<L>/<N>[.p/<W>] hashes
//
// Anybody may read them, so that anybody can watch: a hash tells nothing of an
// event, since each leaf has a random id. The events themselves are not here;
// they are for auditors.
package publish

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/ledger"
)

// Prefix is below what path the log is served.
const Prefix = "/log/"

// Module is the log as the web server takes it.
type Module struct {
	store *store.Store
	log   *sequencer.Log
	slog  *slog.Logger
}

// New returns the module of one log.
func New(s *store.Store, l *sequencer.Log, log *slog.Logger) *Module { return &Module{s, l, log} }

// Register implements web.Module.
func (m *Module) Register(_ huma.API, mux *http.ServeMux) {
	mux.HandleFunc("GET "+Prefix+"checkpoint", m.checkpoint)
	mux.HandleFunc("GET "+Prefix+"key", m.key)
	mux.HandleFunc("GET "+Prefix+"tile/{path...}", m.tile)
}

func (m *Module) checkpoint(w http.ResponseWriter, r *http.Request) {
	c, err := m.log.Last(r.Context(), "")
	if err != nil {
		m.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(c.Note) //nolint:errcheck // the reader went away
}

func (m *Module) key(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(m.log.Key().Public() + "\n")) //nolint:errcheck // the reader went away
}

// tile serves what the newest checkpoint covers. A tile that has grown since is
// still served at the width that an older checkpoint asks for.
func (m *Module) tile(w http.ResponseWriter, r *http.Request) {
	level, n, width, ok := ledger.ParseTilePath(strings.TrimPrefix(r.URL.Path, Prefix))
	if !ok {
		http.NotFound(w, r)
		return
	}
	var hashes []byte
	err := m.store.View(r.Context(), func(v *store.View) (err error) {
		hashes, err = v.Tile(level, n)
		return err
	})
	if err != nil {
		m.fail(w, r, err)
		return
	}
	if len(hashes) < width*tlog.HashSize {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(hashes[:width*tlog.HashSize]) //nolint:errcheck // the reader went away
}

func (m *Module) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, store.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	if r.Context().Err() == nil {
		m.slog.Error("log not served", "path", r.URL.Path, "error", err)
	}
	http.Error(w, "The log cannot be read now. Try again.", http.StatusInternalServerError)
}
