/** What we take from a session description (RFC 8866), and nothing more. */
import type { Bytes } from "./bytes.ts";

/**
 * The one SHA-256 fingerprint of a description (RFC 8122), or undefined when
 * there is none, another hash, or more than one value: which certificate the
 * browser would then accept is not for us to guess.
 */
export function fingerprint(sdp: string): Bytes | undefined {
  const found = new Set<string>();
  for (const line of sdp.split(/\r?\n/)) {
    if (line.toLowerCase().startsWith("a=fingerprint:"))
      found.add(line.slice("a=fingerprint:".length).trim());
  }
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) return undefined;
  const match = /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(only);
  if (match?.[1] === undefined) return undefined;
  return Uint8Array.from(match[1].split(":"), (hex) => Number.parseInt(hex, 16));
}

/** The number that names a description's PeerConnection (the second member of o=). */
export function originId(sdp: string): string {
  return /^o=\S+ (\d+) /m.exec(sdp)?.[1] ?? "";
}
