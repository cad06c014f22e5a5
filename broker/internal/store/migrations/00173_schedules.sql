-- Reports that are made by the clock.

-- +goose Up
CREATE TABLE report_schedule (
    id        TEXT   NOT NULL PRIMARY KEY,
    every     TEXT   NOT NULL, -- week or month
    zone      TEXT   NOT NULL, -- in which days begin
    addresses TEXT   NOT NULL, -- with spaces between
    next_at   BIGINT NOT NULL  -- when the next one is made
);

-- +goose Down
DROP TABLE report_schedule;
