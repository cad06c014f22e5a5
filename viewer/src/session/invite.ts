/** Making the one-time link or code: its secrets begin and stay in this browser. */
import { brokerURL } from "../protocol/broker.ts";
import { sha256, toBase64Url } from "../protocol/bytes.ts";
import {
  deriveBind,
  deriveJoin,
  derivePage,
  newSecret,
  newSpoken,
  spokenSecret,
} from "../protocol/invite.ts";
import type { SessionApi } from "./api.ts";
import { makeCertificate, makeInviteKey, saveKeys } from "./keys.ts";

/** Makes a link for a ticket, for the requester alone. The broker is given two hashes and nothing else. */
export async function createInvitation(api: SessionApi, ticket: string): Promise<string> {
  const secret = newSecret();
  return await invite(
    api,
    ticket,
    secret,
    false,
    (id, hash) => `${brokerURL().origin}/j/${id}#${secret}${hash}`,
  );
}

/** Makes a code of nine digits for a ticket, to be told to the requester. */
export async function createSpoken(api: SessionApi, ticket: string): Promise<string> {
  const digits = newSpoken();
  return await invite(api, ticket, await spokenSecret(digits), true, () => digits);
}

/** The same, handed by the broker to the person who waits for this ticket at the help page. */
export async function createHanded(api: SessionApi, ticket: string): Promise<string> {
  const digits = newSpoken();
  return await invite(api, ticket, await spokenSecret(digits), true, () => digits, digits);
}

async function invite(
  api: SessionApi,
  ticket: string,
  secret: string,
  spoken: boolean,
  linkOf: (invitation: string, keyHash: string) => string,
  code?: string,
): Promise<string> {
  const { key, publicKey, hash } = await makeInviteKey();
  const bind = await deriveBind(secret);
  const certificate = await makeCertificate();
  const made = await api.invite(ticket, {
    joinHash: toBase64Url(await sha256(await deriveJoin(secret))),
    pageHash: toBase64Url(await sha256(await derivePage(secret))),
    ...(spoken ? { spoken: true as const } : {}),
    ...(code === undefined ? {} : { code }),
  });
  const link = linkOf(made.invitationId, hash);
  await saveKeys({ session: made.sessionId, inviteKey: key, publicKey, bind, certificate, link, spoken });
  return link;
}
