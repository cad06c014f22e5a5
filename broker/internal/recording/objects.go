package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Objects is where the bytes of chunks are. Names are session/recording/number.
type Objects interface {
	// Put keeps an object; when it returns, a crash does not lose it.
	Put(ctx context.Context, name string, body []byte) error
	// Get reads one; ErrGone: there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete deletes one; that there is none is no error.
	Delete(ctx context.Context, name string) error
}

// ErrGone reports an object that is not there.
var ErrGone = errors.New("the recording's bytes are not there")

// Folder is Objects in a folder, for this broker's user alone.
type Folder struct{ root *os.Root }

// OpenFolder opens a folder, making it when it is not there.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of recordings: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder of recordings: %w", err)
	}
	return &Folder{root}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Put implements Objects: a file is there whole or not at all.
func (f *Folder) Put(_ context.Context, name string, body []byte) error {
	name = filepath.FromSlash(name)
	if err := f.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("keep chunk: %w", err)
	}
	if err := f.write(name+".new", body); err != nil {
		return fmt.Errorf("keep chunk: %w", err)
	}
	if err := f.root.Rename(name+".new", name); err != nil {
		return fmt.Errorf("keep chunk: %w", err)
	}
	return f.sync(filepath.Dir(name))
}

func (f *Folder) write(name string, body []byte) error {
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = file.Write(body); err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// sync brings the entries of a folder, and of those above it, to the disk.
func (f *Folder) sync(dir string) error {
	for {
		d, err := f.root.Open(dir)
		if err != nil {
			return fmt.Errorf("keep chunk: %w", err)
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return fmt.Errorf("keep chunk: %w", err)
		}
		if dir == "." {
			return nil
		}
		dir = filepath.Dir(dir)
	}
}

// Get implements Objects.
func (f *Folder) Get(_ context.Context, name string) ([]byte, error) {
	file, err := f.root.Open(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read chunk: %w", ErrGone)
	}
	if err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	return body, nil
}

// Delete implements Objects.
func (f *Folder) Delete(_ context.Context, name string) error {
	name = filepath.FromSlash(name)
	for _, n := range []string{name, name + ".new"} {
		if err := f.root.Remove(n); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete chunk: %w", err)
		}
	}
	// Its folders go with their last file; that they are not empty is no error.
	_ = f.root.Remove(filepath.Dir(name))
	_ = f.root.Remove(filepath.Dir(filepath.Dir(name)))
	return nil
}
