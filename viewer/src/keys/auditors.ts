/**
 * The auditors' root and the list of who can open recordings, the twin of the Go package signaling/auditors; both
 * read the same vector.
 */
import { type Bytes, concat, fromBase64, sha256, toBase64, toBase64Url, utf8 } from "../protocol/bytes.ts";
import { importVerifier } from "../protocol/ed25519.ts";
import { importSeed } from "../protocol/invite.ts";
import { list, parseJson, shape, text, whole } from "../protocol/read.ts";

export const MIN_RECIPIENTS = 2;
export const MAX_RECIPIENTS = 16;
export const MAX_NAME = 80; // bytes
const MAX_BYTES = 16 << 10;
const LABEL = "beside/auditors/v1\0";
const SEED_BYTES = 32;

/** Somebody who can open recordings. */
export interface Recipient {
  readonly name: string;
  /** age1… */
  readonly key: string;
}

/** What the root signs. */
export interface Body {
  readonly organisation: string;
  /** Grows with each list. */
  readonly number: number;
  readonly time: string;
  readonly recipients: readonly Recipient[];
}

/** A list as it was published. */
export interface List extends Body {
  readonly root: Bytes;
}

/** The key that signs lists. Its seed is all there is to keep. */
export interface Root {
  readonly seed: Bytes;
  readonly publicKey: Bytes;
}

const wire = shape({ root: text(64), body: text(MAX_BYTES), signature: text(100) });
const recipient = shape({ name: text(MAX_NAME), key: text(100) });
const body = shape({
  organisation: text(400),
  number: whole(1, Number.MAX_SAFE_INTEGER),
  time: text(40),
  recipients: list(recipient, MAX_RECIPIENTS),
});

/** An age X25519 recipient: Bech32 (BIP 173) of 32 bytes. */
export const isRecipient = (key: string): boolean => /^age1[02-9ac-hj-np-z]{58}$/.test(key);

/** Why a list cannot be, or undefined. */
export function fault({
  recipients,
}: Pick<Body, "recipients">): "few" | "many" | "key" | "twice" | "name" | undefined {
  if (recipients.length < MIN_RECIPIENTS) return "few";
  if (recipients.length > MAX_RECIPIENTS) return "many";
  if (!recipients.every(({ key }) => isRecipient(key))) return "key";
  if (new Set(recipients.map(({ key }) => key)).size < recipients.length) return "twice";
  const named = recipients.every(
    ({ name }) => name !== "" && utf8(name).length <= MAX_NAME && !/[\r\n\t]/.test(name),
  );
  return named ? undefined : "name";
}

/** Reads a list and verifies that the root in it signed it. Rejects where it did not. */
export async function readList(published: unknown): Promise<List> {
  const raw = wire(published, "list");
  const signed = fromBase64(raw.body);
  const root = fromBase64(raw.root);
  const key = await importVerifier(root);
  if (!(await crypto.subtle.verify("Ed25519", key, fromBase64(raw.signature), concat(utf8(LABEL), signed)))) {
    throw new Error("the list is not signed by its root");
  }
  const read = body(parseJson(new TextDecoder("utf-8", { fatal: true }).decode(signed), MAX_BYTES), "list");
  if (fault(read) !== undefined) throw new Error(`the list has a fault: ${fault(read)}`);
  return { ...read, root };
}

/** Signs a list, and returns what is published. */
export async function signList(
  root: Root,
  { organisation, number, time, recipients }: Body,
): Promise<string> {
  const who = recipients.map(({ name, key }) => ({ name, key }));
  const raw = utf8(JSON.stringify({ organisation, number, time, recipients: who }));
  const key = await importSeed(root.seed);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key, concat(utf8(LABEL), raw)));
  return JSON.stringify({
    root: toBase64(root.publicKey),
    body: toBase64(raw),
    signature: toBase64(signature),
  });
}

export async function newRoot(): Promise<Root> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("this browser makes no Ed25519 keys");
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { seed: pkcs8.slice(-SEED_BYTES), publicKey }; // RFC 8410: the seed is at the end
}

const rootLine = /^BESIDE-ROOT-1 ([\w-]{43}) ([\w-]{43})$/m;

/** A root as the text that is sealed and kept. */
export function rootText(root: Root, organisation: string): string {
  const line = `BESIDE-ROOT-1 ${toBase64Url(root.seed)} ${toBase64Url(root.publicKey)}`;
  return `# Signs who can open the recordings of ${organisation.replaceAll(/\s+/g, " ")}. Keep it where nobody finds it.\n${line}\n`;
}

/** Reads what rootText wrote; undefined when it is none, or damaged. */
export async function readRoot(file: string): Promise<Root | undefined> {
  const [, seed, publicKey] = rootLine.exec(file) ?? [];
  if (seed === undefined || publicKey === undefined) return undefined;
  const root = { seed: fromBase64(seed), publicKey: fromBase64(publicKey) };
  const probe = utf8("probe");
  const signature = await crypto.subtle.sign("Ed25519", await importSeed(root.seed), probe);
  const key = await importVerifier(root.publicKey);
  return (await crypto.subtle.verify("Ed25519", key, signature, probe)) ? root : undefined;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A root as people compare it: the first 100 bits of its SHA-256 in base32, in groups of four. */
export async function fingerprint(root: Bytes): Promise<string> {
  const sum = await sha256(root);
  let out = "";
  for (let i = 0; i < 20; i++) {
    let value = 0;
    for (let bit = 5 * i; bit < 5 * i + 5; bit++)
      value = (value << 1) | (((sum[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    out += BASE32.charAt(value);
  }
  return out.replaceAll(/(.{4})(?=.)/g, "$1 ");
}
