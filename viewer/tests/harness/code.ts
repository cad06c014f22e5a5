import { createPrivateKey, generateKeyPairSync, hkdfSync, type KeyObject, sign } from "node:crypto";
import type { Broker } from "./broker.ts";

const secretChars = 20;

/** What somebody who holds a link can compute from it, written anew from the document of the protocol. */
export class Code {
  readonly secret: string;
  readonly keyHash: string;

  constructor(readonly text: string) {
    if (!/^[0-9A-HJKMNP-TV-Z]{40}$/.test(text)) throw new Error("not the code of a link");
    this.secret = text.slice(0, secretChars);
    this.keyHash = text.slice(secretChars);
  }

  static of(link: string): Code {
    return new Code(link.slice(link.indexOf("#") + 1));
  }

  /** One of the values "join", "bind" and "page". */
  derive(label: string): Buffer {
    return Buffer.from(hkdfSync("sha256", this.secret, "beside/v1", label, 32));
  }
}

/** The private key of a client that a test plays itself. */
export function newKey(): KeyObject {
  return generateKeyPairSync("ed25519").privateKey;
}

/** An Ed25519 key from its 32 bytes, as a sign-in link carries it. */
export function keyOfSeed(seed: Buffer): KeyObject {
  const head = Buffer.from("302e020100300506032b657004220420", "hex"); // RFC 8410, section 7
  return createPrivateKey({ key: Buffer.concat([head, seed]), format: "der", type: "pkcs8" });
}

/** Redeems a link as a client would, with any key, and returns the broker's answer. */
export async function redeem(broker: Broker, code: Code, key: KeyObject = newKey()): Promise<Redeemed> {
  const join = code.derive("join");
  const x = key.export({ format: "jwk" }).x ?? "";
  const statement = Buffer.concat([Buffer.from("beside/redeem/v1\0"), join, Buffer.from(x, "base64url")]);
  const response = await fetch(`${broker.url}/api/v1/redeem`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      join: join.toString("base64url"),
      key: x,
      proof: sign(null, statement, key).toString("base64url"),
      system: { os: "linux", arch: "amd64", version: "Debian GNU/Linux 12 (bookworm)" },
      version: "test",
    }),
  });
  const body: unknown = await response.json();
  return { status: response.status, body: body as Record<string, unknown> };
}

export interface Redeemed {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
