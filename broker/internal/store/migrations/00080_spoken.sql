-- Invitations that are told as nine digits instead of being sent as a link.

-- +goose Up
ALTER TABLE invitation ADD COLUMN spoken BIGINT NOT NULL DEFAULT 0; -- 1: it is

-- +goose Down
ALTER TABLE invitation DROP COLUMN spoken;
