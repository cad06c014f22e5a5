// Package web is the broker's face: the REST interface, the pages and the live
// stream of changes. It translates between HTTP and the packages that hold the
// rules, and owns no state of its own. No GET or HEAD changes anything; no
// secret is taken from a path or a query, or written to a log.
package web
