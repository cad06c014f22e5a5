/** Making the one-time link: its secrets begin and stay in this browser. */
import { sha256, toBase64Url } from "../protocol/bytes.ts";
import { deriveBind, deriveJoin, derivePage, newSecret } from "../protocol/invite.ts";
import type { SessionApi } from "./api.ts";
import { makeCertificate, makeInviteKey, saveKeys } from "./keys.ts";

/** A link that was made. */
export interface Invitation {
  readonly sessionId: string;
  readonly invitationId: string;
  /** For the requester alone. */
  readonly link: string;
  readonly expiresAt: string;
}

/** Makes a link for a ticket. The broker is given two hashes and nothing else. */
export async function createInvitation(api: SessionApi, ticket: string): Promise<Invitation> {
  const secret = newSecret();
  const { key, publicKey, hash } = await makeInviteKey();
  const made = await api.invite(ticket, {
    joinHash: toBase64Url(await sha256(await deriveJoin(secret))),
    pageHash: toBase64Url(await sha256(await derivePage(secret))),
  });
  const link = `${location.origin}/j/${made.invitationId}#${secret}${hash}`;
  await saveKeys({
    session: made.sessionId,
    inviteKey: key,
    publicKey,
    bind: await deriveBind(secret),
    certificate: await makeCertificate(),
    link,
  });
  return { ...made, link };
}
