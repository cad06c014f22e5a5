/**
 * The one-time link: its secret, what both ends derive from it, and the binding
 * that ties a PeerConnection to it. The twin of the Go package signaling/invite;
 * both read the same vectors.
 */
import { type Bytes, concat, fromBase64, sha256, utf8 } from "./bytes.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PART_CHARS = 20;

/** Length of the fragment of a link: s, then k. */
export const CODE_CHARS = 2 * PART_CHARS;

/** The two halves of a link's fragment. */
export interface Code {
  /** s: 100 bits that the broker does not know. */
  readonly secret: string;
  /** k: names the invite key. */
  readonly keyHash: string;
}

/** Makes s. */
export function newSecret(): string {
  let secret = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(PART_CHARS))) secret += ALPHABET.charAt(byte & 31);
  return secret;
}

/** Length of a code that is told: what a person can take down on the telephone. */
export const SPOKEN_DIGITS = 9;

/** Makes the digits of a spoken code. */
export function newSpoken(): string {
  const limit = 10 ** SPOKEN_DIGITS;
  for (;;) {
    const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (value < 4 * limit) return String(value % limit).padStart(SPOKEN_DIGITS, "0"); // every code as likely
  }
}

/** The digits of a spoken code as people write it; undefined when the text is none. */
export function parseSpoken(text: string): string | undefined {
  const digits = text.trim().replaceAll(/[ .-]/g, "");
  return /^[0-9]{9}$/.test(digits) ? digits : undefined;
}

/** s of a spoken code. The broker could find the digits out by trying: both people compare words. */
export async function spokenSecret(digits: string): Promise<string> {
  return chars(await sha256(utf8(`beside/spoken/v1\0${digits}`)));
}

/** Reads s and k as people write Crockford's base32; undefined when the text is no code. */
export function parseCode(fragment: string): Code | undefined {
  const code = fragment.toUpperCase().replaceAll(/[IL]/g, "1").replaceAll("O", "0");
  if (code.length !== CODE_CHARS) return undefined;
  for (const char of code) if (!ALPHABET.includes(char)) return undefined;
  return { secret: code.slice(0, PART_CHARS), keyHash: code.slice(PART_CHARS) };
}

/**
 * Reads the value that derivePage makes, as the fragment of the address of a receipt carries it: whoever has it reads
 * that page, and cannot join. Undefined when it is none.
 */
export function parsePage(fragment: string): string | undefined {
  return /^[0-9A-Za-z_-]{43}$/.test(fragment) ? fragment : undefined;
}

async function derive(secret: string, label: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", utf8(secret), "HKDF", false, ["deriveBits"]);
  const params = { name: "HKDF", hash: "SHA-256", salt: utf8("beside/v1"), info: utf8(label) };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 256));
}

/** What the client shows the broker to redeem; the broker is given its hash. */
export const deriveJoin = (secret: string): Promise<Bytes> => derive(secret, "join");
/** What the landing page shows the broker to read its own stage. */
export const derivePage = (secret: string): Promise<Bytes> => derive(secret, "page");

/** The key under which the client proves that it holds s; it cannot leave the browser. */
export async function deriveBind(secret: string): Promise<CryptoKey> {
  return importBind(await derive(secret, "bind"));
}

/** The same from its bytes. */
export function importBind(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** k of an invite public key: the first 100 bits of its SHA-256. */
export async function hashKey(publicKey: Bytes): Promise<string> {
  return chars(await sha256(publicKey));
}

/** The first 100 bits of a hash, five to a character. */
function chars(sum: Bytes): string {
  let out = "";
  for (let i = 0; i < PART_CHARS; i++) {
    let value = 0;
    for (let bit = 5 * i; bit < 5 * i + 5; bit++) {
      value = (value << 1) | (((sum[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    out += ALPHABET.charAt(value);
  }
  return out;
}

/** What message 0 of both ends commits to. */
export interface Binding {
  readonly session: string;
  /** SHA-256 of the client's DTLS certificate. */
  readonly client: Bytes;
  /** SHA-256 of the viewer's. */
  readonly viewer: Bytes;
}

function transcript(binding: Binding, role: "client" | "viewer"): Bytes {
  return concat(utf8(`beside/hello/v1\0${role}\0${binding.session}\0`), binding.client, binding.viewer);
}

/** The viewer's proof: the binding signed by the invite key. */
export async function viewerProof(binding: Binding, inviteKey: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", inviteKey, transcript(binding, "viewer")));
}

/** Whether the client holds the secret of this very link, and ends the same connection. */
export function checkClient(binding: Binding, bind: CryptoKey, proof: Bytes): Promise<boolean> {
  return crypto.subtle.verify("HMAC", bind, proof, transcript(binding, "client"));
}

/** PKCS #8 head of an Ed25519 private key (RFC 8410 §7), before its 32 bytes. */
const PKCS8_ED25519 = fromBase64("MC4CAQAwBQYDK2VwBCIEIA==");

/** Imports an invite key from its seed; the private half cannot leave the browser again. */
export async function importSeed(seed: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", concat(PKCS8_ED25519, seed), "Ed25519", false, ["sign"]);
}

/** What comes of the secret of a link to a second technician: the seed of their key, and the client's bind key. */
export async function deriveCall(secret: string): Promise<{ readonly seed: Bytes; readonly bind: Bytes }> {
  return { seed: await derive(secret, "colleague"), bind: await derive(secret, "colleague bind") };
}

/** The public half of a key, raw, from its seed. */
export async function publicHalf(seed: Bytes): Promise<Bytes> {
  const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8_ED25519, seed), "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return fromBase64(x ?? "");
}

/** Reads the secret of such a link from its fragment; undefined when it is none. */
export function parseCall(fragment: string): string | undefined {
  return /^[0-9A-HJKMNP-TV-Z]{20}$/.test(fragment) ? fragment : undefined;
}
