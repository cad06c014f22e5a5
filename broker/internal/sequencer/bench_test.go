package sequencer_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/journal"
	"beside/broker/internal/sequencer"
	"beside/broker/internal/store"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

// BenchmarkSustained commits events one by one from many writers, each in a
// transaction of its own that is on disk before the writer goes on, while the
// tree is kept up to date. It reports events a second, the time of a commit and
// how long an event takes to be under a signed head. The floor is what the same
// database takes for the same bytes in as large commits, one after the other,
// in a table without an index and with nothing else to do.
func BenchmarkSustained(b *testing.B) {
	b.Run("floor-64-a-commit", func(b *testing.B) { floor(b, 64) })
	for _, writers := range []int{1, 64, 512} {
		b.Run(name(writers), func(b *testing.B) { sustained(b, writers) })
	}
}

func floor(b *testing.B, together int) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "floor.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), `CREATE TABLE leaf (bytes TEXT NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	row, rows := make([]any, together), strings.Repeat(", (?)", together-1)
	for i := range row {
		row[i] = strings.Repeat("x", 400)
	}
	insert, err := db.PrepareContext(b.Context(), `INSERT INTO leaf (bytes) VALUES (?)`+rows)
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	b.ResetTimer()
	for range (b.N + together - 1) / together {
		began := time.Now()
		if _, err := insert.ExecContext(b.Context(), row...); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	percentiles(b, took, "commit")
}

func name(writers int) string {
	return map[int]string{1: "1-writer", 64: "64-writers", 512: "512-writers"}[writers]
}

func sustained(b *testing.B, writers int) {
	s, err := store.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	l, err := sequencer.Open(b.Context(), s, "log.example")
	if err != nil {
		b.Fatal(err)
	}
	j := journal.New(s)
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := l.Run(ctx, j); err != nil {
			b.Error(err)
		}
	})
	event := record.New(record.TokenIssued{Role: "viewer", Type: "access", TokenID: "abcdefghijklmnopqrstuvwx", Scope: "view control"}, record.ByBroker, record.Actor{Kind: record.Technician, ID: "t"})
	event.Session = "s"
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	b.ResetTimer()
	var work sync.WaitGroup
	for range writers {
		work.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				began := time.Now()
				if err := j.Note(b.Context(), event); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(began)
			}
		})
	}
	work.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	percentiles(b, took, "commit")
	cancel()
	running.Wait()
	percentiles(b, delays(b, s, l), "merge")
}

// delays is how long each event waited for its checkpoint.
func delays(b *testing.B, s *store.Store, l *sequencer.Log) []time.Duration {
	b.Helper()
	if _, err := l.Advance(b.Context()); err != nil {
		b.Fatal(err)
	}
	var waits []time.Duration
	err := s.View(b.Context(), func(v *store.View) error {
		heads, err := v.Checkpoints(0, 1_000_000)
		if err != nil {
			return err
		}
		after := int64(0)
		for _, h := range heads[:len(heads)-1] { // the last was made by us
			leaves, err := v.Leaves("", after, int(h.Size-after))
			if err != nil {
				return err
			}
			for _, leaf := range leaves {
				e, err := record.ParseLeaf(leaf.Bytes)
				if err != nil {
					return err
				}
				waits = append(waits, h.At.Sub(e.Time))
			}
			after = h.Size
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return waits
}

func percentiles(b *testing.B, all []time.Duration, what string) {
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, what+"-p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, what+"-p99-ms")
}

const many = 100_000

// BenchmarkTree builds the tree of 100 000 events and proves each of them.
func BenchmarkTree(b *testing.B) {
	leaves := make([]tlog.Hash, many)
	for i := range leaves {
		leaves[i] = ledger.LeafHash([]byte{byte(i), byte(i >> 8), byte(i >> 16)})
	}
	none := ledger.Hashes(func(int, int64) ([]byte, error) { return nil, nil })
	var tiles map[string][]byte
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			_, grown, err := ledger.Grow(0, leaves, none)
			if err != nil {
				b.Fatal(err)
			}
			tiles = make(map[string][]byte)
			for _, t := range grown {
				tiles[ledger.TilePath(t.Level, t.N, ledger.TileWidth)] = t.Hashes
			}
		}
	})
	root := ledger.Checkpoint{Origin: "log.example", Size: many, Root: ledger.Root(leaves)}
	proofs := make([]tlog.RecordProof, many)
	b.Run("prove-all", func(b *testing.B) {
		hashes := ledger.Hashes(func(level int, n int64) ([]byte, error) {
			return tiles[ledger.TilePath(level, n, ledger.TileWidth)], nil
		})
		for b.Loop() {
			for i := range proofs {
				var err error
				if proofs[i], err = tlog.ProveRecord(many, int64(i), hashes); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(len(proofs[0])*tlog.HashSize), "bytes/proof")
	})
	b.Run("check-all", func(b *testing.B) {
		for b.Loop() {
			for i, p := range proofs {
				if err := ledger.CheckInclusion(root, int64(i), leaves[i], p); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
