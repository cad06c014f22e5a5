/** What keys sign towards the broker; the twin of signaling/grant/proof.go. */
import { type Bytes, concat, sha256, utf8 } from "./bytes.ts";

/** Who asks for a join token: the technician of the session, or one whom they called in. */
export type ViewerRole = "viewer" | "colleague";

/** What comes with a request for a join token. */
export interface JoinClaim {
  readonly role: ViewerRole;
  readonly key: string;
  readonly time: string;
  readonly proof: string;
}

/** A request for a fresh join token. */
export function tokenStatement(session: string, time: string, role: ViewerRole = "viewer"): Bytes {
  return utf8(`beside/token/v1\0${role}\0${session}\0${time}`);
}

/** Possession of a token's key, over the broker's nonce, for one host. */
export async function popStatement(nonce: Bytes, token: string, host: string): Promise<Bytes> {
  return concat(utf8("beside/pop/v1\0"), nonce, await sha256(utf8(token)), utf8(host));
}

/** Of a session that is over: these are all the events that it has. Root is that of their tree. */
export function sealStatement(session: string, events: number, root: Bytes): Bytes {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(events));
  return concat(utf8(`beside/seal/v1\0${session}\0`), count, root);
}

/** What a session's client signs of an event: docs/audit.md. */
export function eventStatement(body: Bytes): Bytes {
  return concat(utf8("beside/event/v1\0"), body);
}

/** RFC 3339 in whole seconds, as tokenStatement wants it. */
export function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
