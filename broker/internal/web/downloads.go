package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beside/broker/internal/download"
	"beside/broker/internal/problem"
	"beside/broker/internal/store"
)

// downloadTime is how long a slow line may take for a client.
const downloadTime = 15 * time.Minute

func (s *Server) registerDownload(api huma.API) {
	op := open(http.MethodGet, "/download/linux", "downloadLinux", "The client for Linux, configured for this broker. The page names the file")
	op.Responses = map[string]*huma.Response{"200": {Description: "The program", Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}}
	register(api, op, func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) { return s.download(ctx, "linux") })
}

func (s *Server) download(ctx context.Context, system string) (*huma.StreamResponse, error) {
	var root string
	err := s.deps.Store.View(ctx, func(v *store.View) (err error) {
		root, err = v.AuditorsRoot()
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := s.deps.Clients.Get(system, root)
	if errors.Is(err, download.ErrMissing) {
		s.deps.Log.Error("no client to hand out", "error", err)
		return nil, problem.New(http.StatusServiceUnavailable, "client_missing", "The program is not available here at the moment. Tell the person who sent you the link.")
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		// Without a file name, the name that the page gives holds.
		w.Header().Set("Content-Disposition", "attachment")
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("ETag", `"`+c.SHA256+`"`)
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadTime)) //nolint:errcheck // then the server's own holds
		http.ServeContent(w, r, "", c.ModTime, bytes.NewReader(c.Bytes))
	}}, nil
}
