-- How far events were handed to other programs.

-- +goose Up
CREATE TABLE forwarding (
    name  TEXT   NOT NULL PRIMARY KEY, -- of whom they go to
    began BIGINT NOT NULL,             -- the last event before its first
    at    BIGINT NOT NULL              -- the last event that was taken
);

-- +goose Down
DROP TABLE forwarding;
