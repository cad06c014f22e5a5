/** What a machine says of itself, as it comes from the client and from the broker. The types come from Go. */
import type * as wire from "./control.gen.ts";
import { DecodeError, list, oneOf, type Read, type shape, text, whole } from "./read.ts";

/** The parts, in the order in which people read them. */
export const FACTS = [
  "system",
  "build",
  "processor",
  "memory",
  "disks",
  "displays",
  "network",
  "uptime",
  "updates",
] as const;
export type Fact = (typeof FACTS)[number];

/** Sizes are in bytes, uptime is in seconds. */
export interface Facts extends Readonly<Omit<wire.Facts, "unread">> {
  /** What cannot be read on that machine: what stands there says nothing. */
  readonly unread: readonly Fact[];
}

/** One line that can be shown: nothing that turns it around or hides in it. */
const words = matching(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, text(100));
const address = matching(/^[0-9a-f.:]+$/, text(45));
const count = whole(0, 1 << 20);
const amount = whole(0, Number.MAX_SAFE_INTEGER);
export const facts: Read<readonly Fact[]> = list(oneOf(...FACTS), FACTS.length);

function matching(pattern: RegExp, read: Read<string>): Read<string> {
  return (value, path) => {
    const said = read(value, path);
    if (!pattern.test(said)) throw new DecodeError(`${path}: want a text of another form`);
    return said;
  };
}

/** A reader of facts, with that of its objects: strict for what a client sends. */
export function readFacts(object: typeof shape): Read<Facts> {
  return object({
    machine: matching(/^[A-Za-z0-9_-]*$/, text(22)),
    name: words,
    system: words,
    build: words,
    arch: words,
    processor: words,
    cores: count,
    memory: amount,
    free: amount,
    disks: list(object({ mount: words, kind: words, size: amount, free: amount }), 12),
    displays: list(object({ name: words, width: count, height: count }), 8),
    networks: list(object({ name: words, addresses: list(address, 4) }), 8),
    uptime: amount,
    updates: count,
    unread: facts,
  });
}
