/** What the broker answers a person who asks for help, and then waits for it. */
import { members } from "./answers.ts";
import type { components } from "./api.gen.ts";
import { flag, oneOf, type Read, text, whole } from "./read.ts";

type Described<Name extends keyof components["schemas"]> = Partial<
  Record<keyof components["schemas"][Name], Read<unknown>>
>;

/** A member that may be missing. */
function missing<T>(read: Read<T>): Read<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : read(value, path));
}

const name = text(400);
const count = whole(0, 1_000_000);

/** Whether one may ask for help here. */
export const helpDoor = members({ organisation: name, asking: flag } satisfies Described<"HelpDoor">);
export type HelpDoor = ReturnType<typeof helpDoor>;

/** The secret of a new waiting page. */
export const asked = members({ secret: text(64) });

export const HELP_STAGES = ["queued", "taken", "aside", "start", "over", "withdrawn"] as const;

/** How far a call for help is. */
export const waiting = members({
  organisation: name,
  number: whole(1, Number.MAX_SAFE_INTEGER),
  name,
  reach: text(400),
  words: text(16_000),
  askedAt: text(40),
  stage: oneOf(...HELP_STAGES),
  technician: missing(name),
  before: count,
  range: missing(members({ from: count, to: count } satisfies Described<"WaitRange">)),
  start: missing(members({ invitation: text(64), code: text(20) } satisfies Described<"HelpCode">)),
} satisfies Described<"Waiting">);
export type Waiting = ReturnType<typeof waiting>;
