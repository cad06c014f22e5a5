package main

import (
	"net/url"

	"beside/broker/internal/entry"
	"beside/broker/internal/web"
	"beside/viewer"
)

type openAPICommand struct{}

// Run implements the subcommand. It assembles the server without a database
// and starts nothing.
func (openAPICommand) Run(c *call) error {
	local := &url.URL{Scheme: "http", Host: "localhost:8080"}
	server, err := web.New(web.Deps{
		Version: version(), URL: local, Pages: viewer.Files(),
		Modules: []web.Module{entry.New(entry.Config{Origins: []string{local.String()}})},
	})
	if err != nil {
		return err
	}
	body, err := server.OpenAPI()
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(body)
	return err
}
