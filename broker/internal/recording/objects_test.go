package recording_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"beside/broker/internal/recording"
)

// stores are all kinds of Objects, empty.
func stores(t *testing.T) map[string]recording.Objects {
	t.Helper()
	folder, err := recording.OpenFolder(filepath.Join(t.TempDir(), "recordings"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return map[string]recording.Objects{"folder": folder, "s3": bucket(t, ""), "s3 with a prefix": bucket(t, "/beside/eu")}
}

func bucket(t *testing.T, prefix string) recording.Objects {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("recordings"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL + "/recordings" + prefix)
	if err != nil {
		t.Fatal(err)
	}
	s, err := recording.OpenS3(t.Context(), recording.S3Config{At: at, Access: "key", Secret: "secret", Region: "eu-central-1"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestObjects(t *testing.T) {
	for name, o := range stores(t) {
		t.Run(name, func(t *testing.T) {
			big := bytes.Repeat([]byte("sealed"), 700_000)
			for key, body := range map[string][]byte{"a/b/0": []byte("x"), "a/b/1": big, "-a/_b/0": []byte("y")} {
				if err := o.Put(t.Context(), key, body); err != nil {
					t.Fatal(err)
				}
				got, err := o.Get(t.Context(), key)
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("%s: %d bytes, %v", key, len(got), err)
				}
			}
			if err := o.Put(t.Context(), "a/b/0", []byte("again")); err != nil {
				t.Fatal(err)
			}
			if got, err := o.Get(t.Context(), "a/b/0"); err != nil || string(got) != "again" {
				t.Errorf("put again: %q, %v", got, err)
			}
			for range 2 { // what is not there is deleted too
				if err := o.Delete(t.Context(), "a/b/0"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := o.Get(t.Context(), "a/b/0"); !errors.Is(err, recording.ErrGone) {
				t.Errorf("a deleted one: %v, want ErrGone", err)
			}
			if _, err := o.Get(t.Context(), "a/b/1"); err != nil {
				t.Errorf("its neighbour: %v", err)
			}
		})
	}
}

// Nobody else on the machine reads the folder, no name leaves it, and what was deleted
// leaves nothing behind.
func TestFolderIsPrivateAndTidy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recordings")
	folder, err := recording.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if err := folder.Put(t.Context(), "s/r/0", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := folder.Put(t.Context(), "../outside/r/0", []byte("x")); err == nil {
		t.Error("a name left the folder")
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Delete(t.Context(), "s/r/0"); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBucketMustExist(t *testing.T) {
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	defer server.Close()
	for _, path := range []string{"/none", "/"} {
		at, err := url.Parse(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := recording.OpenS3(t.Context(), recording.S3Config{At: at, Access: "key", Secret: "secret"}); err == nil {
			t.Errorf("%q was opened", path)
		}
	}
}

// TestNamesNeverLeaveTheFolder: whatever name is made of what a client sent, and
// whatever link somebody put into the folder, nothing outside of it is read, written
// or deleted.
func TestNamesNeverLeaveTheFolder(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(outside, "recordings")
	f, err := recording.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../secret", "a/../../secret", secret, "link/secret", "a/b/../../../secret", "./../secret"} {
		if body, err := f.Get(t.Context(), name); err == nil {
			t.Errorf("read %q as %q", body, name)
		}
		if err := f.Put(t.Context(), name, []byte("changed")); err == nil {
			t.Errorf("wrote %q", name)
		}
		_ = f.Delete(t.Context(), name) // there may be none of that name inside
		if body, err := os.ReadFile(secret); err != nil || string(body) != "secret" {
			t.Fatalf("after %q: %q, %v", name, body, err)
		}
	}
}
