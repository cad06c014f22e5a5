/** A browser's passkeys (WebAuthn), in the JSON forms that the broker speaks. */

import { servedByBroker } from "../protocol/broker.ts";

/** The person closed the browser's question, or did not answer it. */
export class PasskeyCancelled extends Error {
  override readonly name = "PasskeyCancelled";
}

/** This device has one of the account's passkeys already. */
export class PasskeyThere extends Error {
  override readonly name = "PasskeyThere";
}

/** Whether this browser has passkeys that we can use: they belong to the broker's own address. */
export function hasPasskeys(): boolean {
  return (
    servedByBroker() &&
    typeof PublicKeyCredential === "function" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

/** Makes a passkey on this device. */
export async function makePasskey(options: unknown): Promise<unknown> {
  // The options are the broker's, in the form of the standard; the browser checks them.
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  return await answer(navigator.credentials.create({ publicKey }));
}

/** Signs with a passkey that the person chooses. */
export async function usePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  return await answer(navigator.credentials.get({ publicKey }));
}

async function answer(asked: Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential.toJSON();
  } catch (error) {
    if (error instanceof DOMException && error.name === "InvalidStateError") throw new PasskeyThere();
    if (!(error instanceof DOMException)) throw error;
    console.info(error); // the browser tells a page no more than that it was not done
  }
  throw new PasskeyCancelled();
}
