// Command cmd runs the OpenID provider of the end-to-end tests:
//
//	cmd ADDRESS CLIENT SECRET REDIRECT [PEOPLE as JSON]
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"beside/internal/idp"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("want ADDRESS CLIENT SECRET REDIRECT PEOPLE, got %d arguments", len(args))
	}
	c := idp.Config{Issuer: "http://" + args[0], ClientID: args[1], ClientSecret: args[2], Redirect: args[3]}
	if err := json.Unmarshal([]byte(args[4]), &c.People); err != nil {
		return fmt.Errorf("people: %w", err)
	}
	provider, err := idp.New(c)
	if err != nil {
		return err
	}
	server := http.Server{Addr: args[0], Handler: provider, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
