/** Verifies one session's evidence in the browser: the twin of the Go package signaling/evidence. */
import { type Bytes, utf8 } from "../protocol/bytes.ts";
import { included, leafHash } from "../protocol/merkle.ts";
import { Chain } from "./chain.ts";
import type { Entry, EvidenceFile } from "./file.ts";
import { type LoggedEvent, readLeaf, restored } from "./leaf.ts";
import { type Head, logVerifier, NoteError, openHead, type Verifier, witnessVerifier } from "./note.ts";
import { Report, stamp } from "./report.ts";

/** What the verifier knows from elsewhere than the file. */
export interface Trust {
  readonly log: string;
  readonly witnesses: readonly string[];
}

/** Clocks of broker and witness may differ by this much before it is said. */
const CLOCKS_MS = 120_000;

/** A head, and when the witnesses that are trusted saw it. */
interface Trusted {
  readonly head: Head;
  readonly stamps: readonly Date[];
}

/** Verifies a file. `onEvent` is told after each event, so that people see it work. */
export async function verifyEvidence(
  file: EvidenceFile,
  trust: Trust,
  onEvent: (done: number) => void | Promise<void> = () => undefined,
): Promise<Report> {
  const report = new Report();
  const trusted = await verifyHead(report, file, trust);
  if (trusted === undefined) return report;
  const chain = await Chain.begin(file.session, file.clientKey);
  const clock = new Clock(trusted);
  let [last, opened, erased, good] = [0, 0, 0, 0];
  for (const [i, entry] of file.events.entries()) {
    const leaf = await leafHash(utf8(entry.leaf));
    const event = await verifyEntry(report, file.session, trusted.head, i, entry, leaf);
    if (event === undefined) continue;
    if (event.seq <= last) {
      report.add("false", "leaf-order", event.seq);
      continue;
    }
    last = event.seq;
    good++;
    clock.event(report, event);
    await chain.add(report, event, leaf);
    let whole: LoggedEvent | undefined;
    if (entry.personal !== "" || entry.salt !== undefined) {
      whole = await restored(event, entry.salt, entry.personal);
      if (whole === undefined) report.add("false", "personal-false", event.seq);
      else opened++;
    } else if (event.personal !== undefined) erased++;
    report.story.push(whole ?? event);
    await onEvent(i + 1);
  }
  if (good > 0 && good === file.events.length) report.add("proven", "included", 0, { events: good });
  if (opened > 0) report.add("proven", "personal", 0, { events: opened });
  if (erased > 0) report.add("note", "personal-erased", 0, { events: erased });
  chain.close(report);
  await chain.closeRecordings(report, file.recordings);
  return report;
}

/** Checks the signed head of the log, and who vouches for its key. */
async function verifyHead(report: Report, file: EvidenceFile, trust: Trust): Promise<Trusted | undefined> {
  let key = file.log;
  if (trust.log === "") report.add("missing", "log-key-unconfirmed", 0, { key });
  else if (trust.log !== file.log) {
    report.add("false", "log-key-other", 0, { key });
    key = trust.log;
  } else report.add("proven", "log-key", 0, { key });
  try {
    const log = await logVerifier(key);
    const texts = new Set([...file.witnesses, ...trust.witnesses]);
    const witnesses = await Promise.all([...texts].sort().map(witnessVerifier));
    const head = await openHead(file.checkpoint, log, witnesses);
    report.add("proven", "checkpoint", 0, { origin: head.origin, size: head.size });
    return { head, stamps: tellWitnesses(report, head, witnesses, trust.witnesses) };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    report.add("false", "checkpoint-false");
    return undefined;
  }
}

function tellWitnesses(
  report: Report,
  head: Head,
  witnesses: readonly Verifier[],
  trusted: readonly string[],
): readonly Date[] {
  const stamps: Date[] = [];
  for (const { name: witness, text } of witnesses) {
    const at = head.seen.get(text);
    if (at !== undefined && trusted.includes(text)) {
      report.add("proven", "witness", 0, { witness, time: stamp(at) });
      stamps.push(at);
    } else if (at !== undefined) report.add("note", "witness-unconfirmed", 0, { witness, time: stamp(at) });
    else if (trusted.includes(text)) report.add("missing", "witness-missing", 0, { witness });
  }
  if (head.seen.size === 0) report.add("note", "no-witness");
  return stamps;
}

/** Reads one event and checks that it is in the log. */
async function verifyEntry(
  report: Report,
  session: string,
  head: Head,
  i: number,
  entry: Entry,
  leaf: Bytes,
): Promise<LoggedEvent | undefined> {
  let event: LoggedEvent;
  try {
    event = readLeaf(entry.leaf);
  } catch {
    report.add("false", "leaf-malformed", 0, { entry: i + 1 });
    return undefined;
  }
  if (event.session !== session || session === "") report.add("false", "leaf-foreign", event.seq);
  if (await included(head, event.seq - 1, leaf, entry.proof)) return event;
  report.add("false", "not-in-log", event.seq);
  return undefined;
}

/** Checks the times of events against each other, and against what witnesses have stamped. */
class Clock {
  #latest = Number.NEGATIVE_INFINITY;

  constructor(private readonly trusted: Trusted) {}

  event(report: Report, event: LoggedEvent): void {
    const at = Date.parse(event.time);
    const time = stamp(new Date(at));
    if (at < this.#latest - CLOCKS_MS) {
      report.add("false", "time-backwards", event.seq, { time, before: stamp(new Date(this.#latest)) });
    }
    this.#latest = Math.max(this.#latest, at);
    const { head, stamps } = this.trusted;
    const seen = stamps.find((one) =>
      event.seq <= head.size ? at > one.getTime() + CLOCKS_MS : at < one.getTime() - CLOCKS_MS,
    );
    if (seen === undefined) return;
    report.add("false", event.seq <= head.size ? "time-after-witness" : "backdated", event.seq, {
      time,
      stamp: stamp(seen),
    });
  }
}
