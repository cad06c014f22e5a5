// Package viewer carries the technician's and the requester's pages inside the broker.
//
// `make build` puts the built pages into dist/app, which git ignores. Without them the committed placeholder
// is served, so that Go builds and tests work on a clone where npm never ran. It holds no handlers and no rules.
package viewer

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Built reports whether the pages were built before this program was.
func Built() bool {
	_, err := fs.Stat(dist, "dist/app/index.html")
	return err == nil
}

// Files returns the pages, index.html at the root: the built ones, else the placeholder.
func Files() fs.FS {
	dir := "dist/placeholder"
	if Built() {
		dir = "dist/app"
	}
	files, err := fs.Sub(dist, dir)
	if err != nil {
		panic("viewer: " + err.Error()) // both names are constants that fs.Sub accepts
	}
	return files
}
