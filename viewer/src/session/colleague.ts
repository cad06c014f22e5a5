/**
 * The link to a second technician, who looks on. Its secret begins in the first one's page and reaches the second
 * outside of the broker; from it come the key that proves them and the key by which the client proves itself.
 */
import { brokerURL } from "../protocol/broker.ts";
import { type Bytes, toBase64, toBase64Url } from "../protocol/bytes.ts";
import { deriveCall, importBind, importSeed, newSecret, publicHalf } from "../protocol/invite.ts";
import type { SessionApi } from "./api.ts";
import { loadKeys, makeCertificate, saveKeys } from "./keys.ts";

/** What the first technician's page has of a call. */
export interface Call {
  /** To be sent to the colleague. */
  readonly link: string;
  /** In base64, as the client is told them. */
  readonly key: string;
  readonly bind: string;
}

/** Makes a link for a colleague. The broker is given the public key and nothing else. */
export async function makeCall(api: Pick<SessionApi, "callColleague">, session: string): Promise<Call> {
  const secret = newSecret();
  const { seed, bind } = await deriveCall(secret);
  const key: Bytes = await publicHalf(seed);
  await api.callColleague(session, toBase64Url(key));
  const link = `${brokerURL().origin}/sessions/${session}/look#${secret}`;
  return { link, key: toBase64(key), bind: toBase64(bind) };
}

/** Takes a call: keeps its keys in this browser. Who has the session itself here keeps that. */
export async function takeCall(session: string, secret: string): Promise<void> {
  const before = await loadKeys(session);
  if (before !== undefined && before.role !== "colleague") return;
  const { seed, bind } = await deriveCall(secret);
  const publicKey = await publicHalf(seed);
  if (before !== undefined && toBase64(before.publicKey) === toBase64(publicKey)) return; // and its certificate
  await saveKeys({
    session,
    role: "colleague",
    inviteKey: await importSeed(seed),
    publicKey,
    bind: await importBind(bind),
    certificate: await makeCertificate(),
  });
}
