/** Sealing by age (age-encryption.org/v1): the only user of the library. Passphrases take a second or two. */
import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  identityToRecipient,
  webauthn,
} from "age-encryption";
import type { Bytes } from "../protocol/bytes.ts";

/** A pair of keys that opens recordings. */
export interface Identity {
  /** AGE-SECRET-KEY-1… */
  readonly secret: string;
  /** age1… */
  readonly recipient: string;
}

/** The passphrase, key or file does not open it. */
export class WrongKey extends Error {
  override readonly name = "WrongKey";
}

const MAX_SEALED = 64 << 10;
const secretPattern = /^AGE-SECRET-KEY-1[A-Z0-9]+$/m;

export async function newIdentity(): Promise<Identity> {
  const secret = await generateX25519Identity();
  return { secret, recipient: await identityToRecipient(secret) };
}

/** The identity in a text, such as a file of age-keygen. Throws WrongKey where there is none. */
export async function readIdentity(text: string): Promise<Identity> {
  const secret = secretPattern.exec(text)?.[0];
  if (secret === undefined) throw new WrongKey("no identity of age");
  try {
    return { secret, recipient: await identityToRecipient(secret) };
  } catch {
    throw new WrongKey("a damaged identity of age");
  }
}

/** Seals a text by a passphrase: a file that `age --decrypt` opens too. */
export async function seal(text: string, passphrase: string): Promise<string> {
  await painted();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return armor.encode(await encrypter.encrypt(text));
}

/** Opens what seal made. Throws WrongKey. */
export async function unseal(sealed: string, passphrase: string): Promise<string> {
  await painted();
  return await opened(sealed, (by) => by.addPassphrase(passphrase), "the passphrase does not open it");
}

async function opened(sealed: string, unlock: (by: Decrypter) => void, otherwise: string): Promise<string> {
  try {
    const decrypter = new Decrypter();
    unlock(decrypter);
    return await decrypter.decrypt(armor.decode(sealed.slice(0, MAX_SEALED)), "text");
  } catch {
    throw new WrongKey(otherwise);
  }
}

/** Whether this browser may be able to seal by passkeys: it needs the PRF extension, which only trying shows. */
export function canSealByPasskey(): boolean {
  return typeof PublicKeyCredential !== "undefined";
}

/** Makes a passkey that seals and opens keys, and nothing else: it says which it is, and is no secret itself. */
export function newPasskey(name: string): Promise<string> {
  return webauthn.createCredential({ keyName: name });
}

/** Seals a text by a passkey. */
export async function sealByPasskey(text: string, passkey: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(new webauthn.WebAuthnRecipient({ identity: passkey }));
  return armor.encode(await encrypter.encrypt(text));
}

/** Opens what sealByPasskey made. Throws WrongKey. */
export function unsealByPasskey(sealed: string, passkey: string): Promise<string> {
  const unlock = (by: Decrypter) => by.addIdentity(new webauthn.WebAuthnIdentity({ identity: passkey }));
  return opened(sealed, unlock, "the passkey does not open it");
}

/** Whether a text is a sealed file. */
export function isSealed(text: string): boolean {
  return text.trimStart().startsWith("-----BEGIN AGE ENCRYPTED FILE-----");
}

/** Opens an age file that is sealed to an identity, among others. Throws WrongKey. */
export async function openFor(identity: Identity, sealed: Bytes): Promise<Bytes> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity.secret);
    return new Uint8Array(await decrypter.decrypt(sealed));
  } catch {
    throw new WrongKey("the recording is not sealed for this key");
  }
}

/** Lets the page show what it says before the thread is busy for a second. */
function painted(): Promise<void> {
  if (typeof requestAnimationFrame === "undefined" || document.hidden) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
