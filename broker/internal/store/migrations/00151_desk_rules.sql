-- Which priority a ticket gets, and how soon each is helped and solved. An administrator changes it; what it was before
-- it could be changed is where it begins.

-- +goose Up
CREATE TABLE desk_priority (
    impact   TEXT   NOT NULL,
    urgency  TEXT   NOT NULL,
    priority BIGINT NOT NULL,
    PRIMARY KEY (impact, urgency)
);
INSERT INTO desk_priority (impact, urgency, priority) VALUES
    ('high', 'high', 1), ('high', 'medium', 2), ('high', 'low', 3),
    ('medium', 'high', 2), ('medium', 'medium', 3), ('medium', 'low', 4),
    ('low', 'high', 3), ('low', 'medium', 4), ('low', 'low', 5);
CREATE TABLE desk_promise (
    priority   BIGINT NOT NULL PRIMARY KEY,
    first_ms   BIGINT NOT NULL, -- from the call until somebody helps
    resolve_ms BIGINT NOT NULL  -- until it is solved
);
INSERT INTO desk_promise (priority, first_ms, resolve_ms) VALUES
    (1, 900000, 14400000), (2, 3600000, 28800000), (3, 14400000, 86400000), (4, 86400000, 259200000), (5, 260100000, 604800000);

-- +goose Down
DROP TABLE desk_promise;
DROP TABLE desk_priority;
