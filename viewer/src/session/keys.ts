/**
 * What this browser alone holds of a session: the invite key, the bind key and
 * the DTLS certificate. They live in IndexedDB as keys that cannot be read out,
 * so that a reload keeps its grant and no script, ours included, can copy them.
 */
import { type Bytes, fromBase64 } from "../protocol/bytes.ts";
import { deriveBind, hashKey, importSeed } from "../protocol/invite.ts";
import type { ViewerRole } from "../protocol/statements.ts";

/** The keys of one session. */
export interface SessionKeys {
  readonly session: string;
  /** Whether the session is this technician's, or they were called in to look on; the former when left out. */
  readonly role?: ViewerRole;
  /** Ed25519, signs only. */
  readonly inviteKey: CryptoKey;
  /** Its public half, raw. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** HMAC-SHA256, verifies only. */
  readonly bind: CryptoKey;
  readonly certificate: RTCCertificate;
  /** The link to send, or the digits to tell, kept only until somebody joined. */
  readonly link?: string;
  /** The code was told as digits: message 0 proves little, and words are compared. */
  readonly spoken?: boolean;
  /** Our part of the words was told: there is no second comparison in this session. */
  readonly spent?: boolean;
  /** The fingerprint of the client whose requester picked our words. */
  readonly compared?: Bytes;
}

const STORE = "sessions";

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

async function withStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open("beside", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "session" });
  const db = await settle(opening);
  try {
    return await settle(use(db.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    db.close();
  }
}

/** The keys of a session, or undefined when this browser did not make its link. */
export function loadKeys(session: string): Promise<SessionKeys | undefined> {
  return withStore("readonly", (store) => store.get(session) as IDBRequest<SessionKeys | undefined>);
}

/** Keeps the keys of a session. */
export async function saveKeys(keys: SessionKeys): Promise<void> {
  await withStore("readwrite", (store) => store.put(keys));
}

/** Forgets a session that ended. */
export async function forgetKeys(session: string): Promise<void> {
  await withStore("readwrite", (store) => store.delete(session));
}

/** The certificate by which a grant knows this browser; valid for a day. */
export function makeCertificate(): Promise<RTCCertificate> {
  const algorithm: EcKeyGenParams & { expires: number } = {
    name: "ECDSA",
    namedCurve: "P-256",
    expires: 24 * 3600 * 1000,
  };
  return RTCPeerConnection.generateCertificate(algorithm);
}

/** Makes an invite key. */
export async function makeInviteKey(): Promise<{
  key: CryptoKey;
  publicKey: Uint8Array<ArrayBuffer>;
  hash: string;
}> {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("this browser makes no Ed25519 keys");
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { key: pair.privateKey, publicKey, hash: await hashKey(publicKey) };
}

const SEED_BYTES = 32;
const SECRET_CHARS = 20;

/**
 * Takes over an invitation that `beside invite` made: handover is base64url of
 * the invite key's seed (32 bytes), its public key (32 bytes) and s (20 characters).
 */
export async function importInviteKey(session: string, handover: string): Promise<void> {
  const bytes = fromBase64(handover);
  if (bytes.length !== 2 * SEED_BYTES + SECRET_CHARS) throw new Error("the sign-in link is not whole");
  if ((await loadKeys(session)) !== undefined) return; // a second click keeps the first certificate
  const secret = new TextDecoder().decode(bytes.slice(2 * SEED_BYTES));
  await saveKeys({
    session,
    inviteKey: await importSeed(bytes.slice(0, SEED_BYTES)),
    publicKey: bytes.slice(SEED_BYTES, 2 * SEED_BYTES),
    bind: await deriveBind(secret),
    certificate: await makeCertificate(),
  });
}
