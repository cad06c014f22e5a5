/**
 * The recovery kit: one sealed file with the root, which signs who can open recordings, and an identity that opens
 * all of them. It opens with the code that was printed; whoever has both can do both.
 */
import { type Identity, readIdentity, seal, unseal, WrongKey } from "./age.ts";
import { type Root, readRoot, rootText } from "./auditors.ts";

export interface Kit {
  readonly root: Root;
  readonly recovery: Identity;
}

/** Seals a kit by its code. */
export function sealKit(kit: Kit, organisation: string, code: string): Promise<string> {
  return seal(`${rootText(kit.root, organisation)}# Opens the recordings\n${kit.recovery.secret}\n`, code);
}

/** Opens what sealKit made. Throws WrongKey. */
export async function openKit(sealed: string, code: string): Promise<Kit> {
  const text = await unseal(sealed, code);
  const [root, recovery] = await Promise.all([readRoot(text), readIdentity(text)]);
  if (root === undefined) throw new WrongKey("no root in the kit");
  return { root, recovery };
}
