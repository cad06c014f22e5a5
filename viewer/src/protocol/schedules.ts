/** What the broker answers about reports that are made by the clock. */
import { members } from "./answers.ts";
import type { components } from "./api.gen.ts";
import type { Api } from "./api.ts";
import { flag, list, oneOf, type Read, text } from "./read.ts";

type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;

const readSchedule = members({
  id: text(64),
  every: oneOf("week", "month"),
  zone: text(100),
  addresses: list(text(254), 100),
  nextAt: text(40),
} satisfies Described<"Schedule">);
export type Schedule = ReturnType<typeof readSchedule>;

const readSchedules = members({ schedules: list(readSchedule, 100), mail: flag });
/** All of them, and whether this broker sends mail. */
export type Schedules = ReturnType<typeof readSchedules>;

/** The requests about reports by the clock. */
export const schedules = {
  all: (api: Api): Promise<Schedules> => api.ask("GET", "/schedules", readSchedules),
  add: (api: Api, fields: Pick<Schedule, "every" | "zone" | "addresses">): Promise<Schedules> =>
    api.ask("POST", "/schedules", readSchedules, fields),
  remove: (api: Api, id: string): Promise<Schedules> =>
    api.ask("DELETE", `/schedules/${encodeURIComponent(id)}`, readSchedules),
};
