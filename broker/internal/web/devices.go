package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"beside/broker/internal/auth"
)

// Device is a browser in which the caller is signed in.
type Device struct {
	ID        string    `json:"id"`
	Name      string    `json:"name" doc:"Browser and system, as it says itself"`
	From      string    `json:"from" doc:"Address at the sign-in, truncated to /24 or /48"`
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt"`
	Here      bool      `json:"here" doc:"It is the one that asks"`
}

type (
	devicesOutput struct {
		Body struct {
			Devices []Device `json:"devices" nullable:"false"`
		}
	}
	deviceInput struct {
		ID string `path:"id" maxLength:"64"`
	}
)

func (s *Server) registerDevices(api huma.API) {
	register(api, operation(http.MethodGet, "/me/devices", "listDevices",
		"Browsers in which the caller is signed in"), s.listDevices)
	register(api, operation(http.MethodDelete, "/me/devices/{id}", "signOutDevice",
		"Sign one of them out"), s.signOutDevice)
	register(api, operation(http.MethodPost, "/me/devices/sign-out", "signOutOthers",
		"Sign all others out"), s.signOutOthers)
}

func (s *Server) listDevices(ctx context.Context, _ *struct{}) (*devicesOutput, error) {
	who := auth.Caller(ctx)
	in, err := s.deps.Auth.Devices(ctx, who)
	out := &devicesOutput{}
	out.Body.Devices = make([]Device, len(in))
	for i, c := range in {
		out.Body.Devices[i] = Device{
			ID: c.ID, Name: c.Device, From: c.From, CreatedAt: c.CreatedAt, SeenAt: c.SeenAt, Here: c.ID == who.Browser,
		}
	}
	return out, err
}

func (s *Server) signOutDevice(ctx context.Context, in *deviceInput) (*struct{}, error) {
	return nil, s.deps.Auth.SignOutDevice(ctx, auth.Caller(ctx), in.ID)
}

func (s *Server) signOutOthers(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.deps.Auth.SignOutOthers(ctx, auth.Caller(ctx))
}
