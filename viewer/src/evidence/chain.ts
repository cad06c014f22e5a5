import { type Bytes, same, sha256 } from "../protocol/bytes.ts";
import { importVerifier, thumbprint } from "../protocol/ed25519.ts";
import { rootOf } from "../protocol/merkle.ts";
import { eventStatement, sealStatement } from "../protocol/statements.ts";
import type { RecordingLeaves } from "./file.ts";
import { type Claim, decoded, type LoggedEvent, readClaim } from "./leaf.ts";
import { Recordings } from "./recordings.ts";
import type { Report } from "./report.ts";

const KEY_BYTES = 32;

/**
 * One session through its events: the client's statements, the technician's signature, the seal. It is fed in order. The
 * twin of Chain in signaling/evidence.
 */
export class Chain {
  readonly #leaves: Bytes[] = []; // their hashes
  #key: CryptoKey | undefined;
  #thumbprint = "";
  #statements = 0;
  #prev: Bytes = new Uint8Array(0);
  #broken = false; // what follows cannot be judged
  #keyFalse = false;
  #done = false; // the client said that it was
  #alarmed = false; // after that
  readonly #viewers = new Set<string>(); // keys that the client verified
  #signed: { readonly seq: number; readonly events: number; readonly key: string } | undefined;
  #sealed: { readonly seq: number; readonly events: number } | undefined;
  #after = 0;
  readonly #recordings = new Recordings();

  private constructor(private readonly session: string) {}

  static async begin(session: string, clientKey: Bytes): Promise<Chain> {
    const chain = new Chain(session);
    if (clientKey.length === KEY_BYTES) {
      chain.#key = await importVerifier(clientKey);
      chain.#thumbprint = await thumbprint(clientKey);
    }
    return chain;
  }

  /** Takes the session's next event and the hash of its leaf. */
  async add(report: Report, event: LoggedEvent, leaf: Bytes): Promise<void> {
    if (this.#sealed !== undefined) this.#after++;
    if (
      event.kind === "session.joined" &&
      (this.#key === undefined || event.data["key"] !== this.#thumbprint)
    ) {
      report.add("false", "client-key-false", event.seq);
      this.#keyFalse = true;
    } else if (event.kind === "session.countersigned") await this.#onCountersigned(report, event);
    else if (event.kind === "session.sealed") await this.#onSealed(report, event);
    if (event.reporter === "client" || event.kind.startsWith("client."))
      await this.#onStatement(report, event);
    this.#leaves.push(leaf);
  }

  async #onStatement(report: Report, event: LoggedEvent): Promise<void> {
    if (this.#keyFalse) return; // said once
    const { signed, seq } = event;
    if (signed === undefined || event.reporter !== "client") {
      report.add("false", "client-unsigned", seq);
      return;
    }
    const claim = await this.#open(signed);
    if (claim === undefined || claim.session !== this.session) {
      report.add("false", "client-unsigned", seq);
      this.#broken = true;
      return;
    }
    if (claim.kind !== event.kind || !equal(claim.data, event.data))
      report.add("false", "client-differs", seq);
    if (!this.#broken) this.#follows(report, claim, seq);
    this.#statements = claim.seq;
    this.#prev = await sha256(signed.body);
    this.#recordings.add(seq, claim);
    if (claim.kind === "client.verified") this.#viewers.add(String(claim.data["key"] ?? ""));
    if (claim.kind === "client.sealed") this.#done = true;
  }

  #follows(report: Report, claim: Claim, event: number): void {
    if (claim.seq !== this.#statements + 1) {
      report.add("false", "client-gap", event, { number: claim.seq, wanted: this.#statements + 1 });
      this.#broken = true;
    } else if (!same(claim.prev, this.#prev) || (this.#done && !this.#afterthought(claim))) {
      report.add("false", "client-forked", event);
      this.#broken = true;
    }
  }

  /** Once the requester may say after the end that the session felt wrong. */
  #afterthought(claim: Claim): boolean {
    const fresh = !this.#alarmed;
    this.#alarmed = true;
    return fresh && claim.kind === "client.alarm" && claim.data["after"] === true;
  }

  async #open({
    body,
    signature,
  }: {
    readonly body: Bytes;
    readonly signature: Bytes;
  }): Promise<Claim | undefined> {
    if (this.#key === undefined) return undefined;
    if (!(await crypto.subtle.verify("Ed25519", this.#key, signature, eventStatement(body))))
      return undefined;
    try {
      const claim = readClaim(body);
      return claim.kind.startsWith("client.") ? claim : undefined;
    } catch {
      return undefined;
    }
  }

  async #onCountersigned(report: Report, { seq, data }: LoggedEvent): Promise<void> {
    const events = typeof data["events"] === "number" ? data["events"] : 0;
    const [key, root, signature] = [data["key"], data["root"], data["signature"]].map(decoded);
    const ours =
      events >= 1 && events <= this.#leaves.length ? await rootOf(this.#leaves.slice(0, events)) : undefined;
    const good =
      key?.length === KEY_BYTES &&
      root !== undefined &&
      ours !== undefined &&
      same(ours, root) &&
      signature !== undefined &&
      (await crypto.subtle.verify(
        "Ed25519",
        await importVerifier(key),
        signature,
        sealStatement(this.session, events, root),
      ));
    if (!good || key === undefined) report.add("false", "technician-false", seq);
    else this.#signed = { seq, events, key: await thumbprint(key) };
  }

  async #onSealed(report: Report, { seq, data }: LoggedEvent): Promise<void> {
    const events = typeof data["events"] === "number" ? data["events"] : 0;
    const root = decoded(data["root"]);
    if (events !== this.#leaves.length || root === undefined || !same(root, await rootOf(this.#leaves))) {
      report.add("false", "seal-false", seq, { events: this.#leaves.length, sealed: events });
    }
    this.#sealed = { seq, events };
  }

  /** Says what the session as a whole proves, and what is missing. */
  close(report: Report): void {
    if (this.#statements > 0 && !this.#broken && !this.#keyFalse) {
      report.add("proven", "client-signed", 0, { statements: this.#statements, key: this.#thumbprint });
    }
    if (this.#done && !this.#broken) report.add("proven", "client-complete");
    else report.add("missing", "client-incomplete");
    const { seq = 0, events = 0, key = "" } = this.#signed ?? {};
    if (this.#signed === undefined) report.add("missing", "technician-missing");
    else if (!this.#viewers.has(key)) report.add("missing", "technician-unbound", seq);
    else report.add("proven", "technician-signed", seq, { events });
    if (this.#sealed === undefined) report.add("missing", "seal-missing");
    else if (!report.has("seal-false"))
      report.add("proven", "seal", this.#sealed.seq, { events: this.#sealed.events });
    if (this.#after > 0) report.add("note", "after-seal", 0, { events: this.#after });
  }

  /** Says what the chunks of the session's recordings prove. */
  closeRecordings(report: Report, all: readonly RecordingLeaves[]): Promise<void> {
    return this.#recordings.close(report, all);
  }
}

/** Whether two data say the same. Go leaves out what is empty, so what is not there is equal to that. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b || (empty(a) && empty(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => equal(Reflect.get(a, name), Reflect.get(b, name)));
}

function empty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    value === 0 ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}
