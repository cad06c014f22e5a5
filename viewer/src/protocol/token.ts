import { fromBase64 } from "./bytes.ts";
import { SCOPES, type Scope } from "./control.ts";

/**
 * The scopes that an access token names (RFC 7519, claim "scope"). Only the page's words and buttons go by them: whoever
 * decides, the client, verifies the token; here nothing does. A token that cannot be read names none.
 */
export function scopesOf(token: string): readonly Scope[] {
  try {
    const text = new TextDecoder().decode(fromBase64(token.split(".")[1] ?? ""));
    const claims: unknown = JSON.parse(text);
    if (typeof claims !== "object" || claims === null || !("scope" in claims)) return [];
    const names = typeof claims.scope === "string" ? claims.scope.split(" ") : [];
    return SCOPES.filter((scope) => names.includes(scope));
  } catch {
    return [];
  }
}
