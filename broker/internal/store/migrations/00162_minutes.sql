-- Time that a ticket took besides its sessions, as technicians say.

-- +goose Up
ALTER TABLE ticket ADD COLUMN minutes BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE ticket DROP COLUMN minutes;
