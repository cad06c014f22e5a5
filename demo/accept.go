//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"
)

const joinWait = 20 * time.Second

// accept plays the technician who sees the person's computer arrive and presses
// Accept, by the same requests as their page: so that the one button of the
// page that is printed opens the live desktop.
func (s *story) accept(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, joinWait)
	defer cancel()
	var fresh struct {
		Link string `json:"link"`
	}
	if err := s.broker.call(ctx, &fresh, "signin-link", technicianEmail, "--json"); err != nil {
		return err
	}
	_, secret, _ := strings.Cut(fresh.Link, "#")
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	api := &technicianAPI{base: "http://" + s.broker.http + "/api/v1", client: &http.Client{Jar: jar}}
	if err := api.do(ctx, http.MethodPost, "/sign-in", map[string]string{"secret": secret}, nil); err != nil {
		return err
	}
	var session struct {
		Phase string `json:"phase"`
	}
	path := "/sessions/" + s.invitation.Session
	var failed error
	err = poll(ctx, func() bool {
		failed = api.do(ctx, http.MethodGet, path, nil, &session)
		return failed != nil || session.Phase == "joined"
	})
	if failed != nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("wait for the client to join: %w", err)
	}
	if err := api.do(ctx, http.MethodPost, path+"/accept", nil, nil); err != nil {
		return err
	}
	return api.do(ctx, http.MethodPost, "/sign-out", nil, nil)
}

// technicianAPI is the part of the broker's interface that the demonstration uses.
type technicianAPI struct {
	base   string
	client *http.Client
}

func (t *technicianAPI) do(ctx context.Context, method, path string, body, reply any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, t.base+path, &content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := t.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: the broker answered %s", method, path, response.Status)
	}
	if reply == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(reply)
}
