/** Ed25519 keys of others. */
import { type Bytes, sha256, toBase64Url, utf8 } from "./bytes.ts";

/** Imports a raw public key of 32 bytes. Rejects where it is none. */
export function importVerifier(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
}

/** Names a key (RFC 7638, RFC 8037). */
export async function thumbprint(raw: Bytes): Promise<string> {
  return toBase64Url(await sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${toBase64Url(raw)}"}`)));
}
