package recording

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/problem"
	format "beside/signaling/recording"
)

const (
	uploadTime  = 2 * time.Minute // of one chunk, on a slow link
	proofHeader = "Beside-Proof"
)

// Module is the door for uploads: docs/recording.md. They are no part of the described
// interface, since their bodies are larger than any other's.
type Module struct {
	shelf *Shelf
	calls *auth.Throttle
}

// NewModule returns the door of a shelf.
func NewModule(s *Shelf) *Module {
	return &Module{s, auth.NewThrottle(auth.Limits{PerAddress: 1200, Global: 120_000})}
}

// Register implements web.Module.
func (m *Module) Register(_ huma.API, mux *http.ServeMux) {
	mux.HandleFunc("PUT /api/v1/sessions/{id}/recordings/{recording}/head", m.head)
	mux.HandleFunc("PUT /api/v1/sessions/{id}/recordings/{recording}/chunks/{n}", m.chunk)
}

func (m *Module) head(w http.ResponseWriter, r *http.Request) {
	body, proof, err := m.read(w, r, format.MaxHeadBytes)
	if err == nil {
		err = m.shelf.PutHead(r.Context(), r.PathValue("id"), r.PathValue("recording"), body, proof)
	}
	m.answer(w, r, err)
}

func (m *Module) chunk(w http.ResponseWriter, r *http.Request) {
	span, err := spanOf(r)
	var body, proof []byte
	if err == nil {
		body, proof, err = m.read(w, r, format.MaxSealedBytes)
	}
	if err == nil {
		err = m.shelf.PutChunk(r.Context(), r.PathValue("id"), r.PathValue("recording"), span, body, proof)
	}
	m.answer(w, r, err)
}

func spanOf(r *http.Request) (format.Span, error) {
	q := r.URL.Query()
	n, err := strconv.ParseUint(r.PathValue("n"), 10, 64)
	from, errFrom := strconv.ParseUint(q.Get("from"), 10, 64)
	to, errTo := strconv.ParseUint(q.Get("to"), 10, 64)
	flags, errFlags := strconv.ParseUint(q.Get("flags"), 10, 8)
	if errors.Join(err, errFrom, errTo, errFlags) != nil {
		return format.Span{}, problem.New(http.StatusUnprocessableEntity, "invalid", "A chunk has a number, from, to and flags.")
	}
	return format.Span{N: n, From: from, To: to, Flags: format.Flags(flags)}, nil
}

// read reads the body, no more than most bytes, and the proof. Nobody without a form of
// proof makes the broker read much.
func (m *Module) read(w http.ResponseWriter, r *http.Request, most int64) (body, proof []byte, err error) {
	if wait := m.calls.Take(auth.ParseRemote(r.RemoteAddr)); wait > 0 {
		return nil, nil, problem.TooMany(wait)
	}
	proof, err = base64.RawURLEncoding.Strict().DecodeString(r.Header.Get(proofHeader))
	if err != nil || len(proof) != 64 || !format.ValidID(r.PathValue("id")) || !format.ValidID(r.PathValue("recording")) {
		return nil, nil, errProof
	}
	deadline := time.Now().Add(uploadTime)
	c := http.NewResponseController(w)
	if err := errors.Join(c.SetReadDeadline(deadline), c.SetWriteDeadline(deadline.Add(30*time.Second))); err != nil {
		return nil, nil, err
	}
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, nil, problem.New(http.StatusRequestEntityTooLarge, "too_large", "This part of a recording is too large.")
	case err != nil:
		return nil, nil, problem.New(http.StatusRequestTimeout, "body_lost", "The request did not arrive whole. Try again.")
	}
	return body, proof, nil
}

func (m *Module) answer(w http.ResponseWriter, r *http.Request, err error) {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if cause := problem.Refuse(w, err); cause != nil {
		m.shelf.Log.Error("recording not kept", "path", r.URL.Path, "error", cause)
	}
}
