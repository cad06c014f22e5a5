package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
	"beside/broker/internal/journal"
	"beside/broker/internal/problem"
	"beside/broker/internal/recording"
	"beside/broker/internal/store"
	"beside/signaling/record"
	format "beside/signaling/recording"
)

// Recording is one of a session: docs/recording.md.
type Recording struct {
	ID        string     `json:"id"`
	StartedAt time.Time  `json:"startedAt"`
	Chunks    int        `json:"chunks" doc:"That have come"`
	Bytes     int64      `json:"bytes"`
	DeletedAt *time.Time `json:"deletedAt,omitempty"`
}

// OpenedRecording is what it takes to play one. What is false of it shows: the client
// has signed the tree of the chunks.
type OpenedRecording struct {
	Recording
	Head       []byte               `json:"head,omitempty" doc:"JSON of the head, in base64; absent: not here"`
	Chunks     []RecordingChunk     `json:"chunks" nullable:"false"`
	ClientKey  []byte               `json:"clientKey" doc:"Raw Ed25519 public key of the session's client, in base64"`
	Statements []RecordingStatement `json:"statements" nullable:"false" doc:"What the client signed of it: that it began, the newest of what is kept, that it ended"`
}

// RecordingStatement is a statement of the session's client, as it was signed:
// docs/audit.md.
type RecordingStatement struct {
	Body      []byte `json:"body" doc:"JSON, in base64"`
	Signature []byte `json:"signature" doc:"In base64"`
}

// RecordingChunk is one chunk, as the leaf of the tree has it.
type RecordingChunk struct {
	From   uint64 `json:"from" doc:"Milliseconds since the recording began"`
	To     uint64 `json:"to"`
	Flags  uint8  `json:"flags"`
	Length uint64 `json:"length"`
	Hash   []byte `json:"hash" doc:"SHA-256, in base64"`
}

type (
	recordingListOutput struct {
		Body struct {
			Recordings []Recording `json:"recordings" nullable:"false"`
		}
	}
	recordingInput struct {
		ID        string `path:"id" maxLength:"64"`
		Recording string `path:"recording" maxLength:"64"`
	}
	recordingOutput struct{ Body OpenedRecording }
	chunkInput      struct {
		ID        string `path:"id" maxLength:"64"`
		Recording string `path:"recording" maxLength:"64"`
		N         uint64 `path:"n" maximum:"50000"`
	}
	chunkOutput struct {
		ContentType  string `header:"Content-Type"`
		CacheControl string `header:"Cache-Control"`
		Body         []byte
	}
)

func (s *Server) registerRecordings(api huma.API) {
	register(api, operation(http.MethodGet, "/sessions/{id}/recordings", "listRecordings", "The recordings of a session"), s.listRecordings)
	register(api, operation(http.MethodPost, "/sessions/{id}/recordings/{recording}/open", "openRecording",
		"What it takes to play a recording; that it was opened is an event"), s.openRecording)
	op := operation(http.MethodGet, "/sessions/{id}/recordings/{recording}/chunks/{n}", "getRecordingChunk", "The sealed bytes of a chunk")
	op.Responses = map[string]*huma.Response{"200": {Description: "Ciphertext", Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}}
	register(api, op, s.getRecordingChunk)
	register(api, operation(http.MethodPost, "/sessions/{id}/recordings/{recording}/export", "exportRecording",
		"Say that a recording is about to leave as a video; it is an event"), s.exportRecording)
}

func (s *Server) listRecordings(ctx context.Context, in *sessionInput) (*recordingListOutput, error) {
	out := &recordingListOutput{}
	err := s.deps.Store.View(ctx, func(v *store.View) error {
		if _, err := v.Session(in.ID); err != nil {
			return err
		}
		all, err := v.Recordings(in.ID)
		out.Body.Recordings = make([]Recording, len(all))
		for i, r := range all {
			out.Body.Recordings[i] = recordingOf(r)
		}
		return err
	})
	return out, err
}

func recordingOf(r store.Recording) Recording {
	return Recording{ID: r.ID, StartedAt: r.StartedAt, Chunks: r.Chunks, Bytes: r.Bytes, DeletedAt: when(r.DeletedAt)}
}

// openRecording tells that a recording is opened before it is: nobody looks unseen.
func (s *Server) openRecording(ctx context.Context, in *recordingInput) (*recordingOutput, error) {
	out := &recordingOutput{}
	err := s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(in.ID)
		if err != nil {
			return nil, err
		}
		r, err := tx.Recording(in.ID, in.Recording)
		if err != nil {
			return nil, err
		}
		leaves, err := tx.RecordingLeaves(r.ID, 0, format.MaxChunks)
		if err != nil {
			return nil, err
		}
		out.Body = OpenedRecording{Recording: recordingOf(r), Head: r.Head, Chunks: make([]RecordingChunk, len(leaves)), ClientKey: se.ClientKey}
		if out.Body.Statements, err = statementsOf(&tx.View, se.ID, r.ID); err != nil {
			return nil, err
		}
		for i, l := range leaves {
			out.Body.Chunks[i] = RecordingChunk{From: l.From, To: l.To, Flags: uint8(l.Flags), Length: l.Length, Hash: l.Hash[:]}
		}
		return []record.Event{se.Event(record.RecordingViewed{Recording: r.ID}, auth.Actor(auth.Caller(ctx).Technician))}, nil
	})
	return out, err
}

// statementsOf reads what the client signed of a recording, in order.
func statementsOf(v *store.View, session, id string) ([]RecordingStatement, error) {
	newest := map[record.Kind]RecordingStatement{}
	for after := int64(0); ; {
		events, err := journal.EventsOf(v, session, after, maxList)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			after = e.Seq
			if e.Signed != nil && recordingIn(e.Data) == id {
				newest[e.Kind] = RecordingStatement(*e.Signed)
			}
		}
		if len(events) < maxList {
			break
		}
	}
	all := make([]RecordingStatement, 0, len(newest))
	for _, k := range []record.Kind{record.KindRecordingStarted, record.KindRecordingKept, record.KindRecordingEnded} {
		if st, ok := newest[k]; ok {
			all = append(all, st)
		}
	}
	return all, nil
}

// recordingIn is the recording that a statement of the client is about.
func recordingIn(d record.Data) string {
	switch d := d.(type) {
	case record.RecordingStarted:
		return d.Recording
	case record.RecordingKept:
		return d.Recording
	case record.RecordingEnded:
		return d.Recording
	}
	return ""
}

// exportRecording tells that a recording leaves as a video, which the auditor's own
// browser makes.
func (s *Server) exportRecording(ctx context.Context, in *recordingInput) (*struct{}, error) {
	return nil, s.deps.Journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(in.ID)
		if err != nil {
			return nil, err
		}
		r, err := tx.Recording(in.ID, in.Recording)
		if err != nil {
			return nil, err
		}
		return []record.Event{se.Event(record.RecordingExported{Recording: r.ID}, auth.Actor(auth.Caller(ctx).Technician))}, nil
	})
}

func (s *Server) getRecordingChunk(ctx context.Context, in *chunkInput) (*chunkOutput, error) {
	sealed, err := s.deps.Recordings.Chunk(ctx, in.ID, in.Recording, in.N)
	if errors.Is(err, recording.ErrGone) {
		s.deps.Log.Error("a part of a recording is gone", "session", in.ID, "recording", in.Recording, "part", in.N)
		return nil, problem.New(http.StatusGone, "recording_gone", "The bytes of this part are not where they were put.")
	}
	if err != nil {
		return nil, err
	}
	return &chunkOutput{ContentType: "application/octet-stream", CacheControl: "private, no-store", Body: sealed}, nil
}
