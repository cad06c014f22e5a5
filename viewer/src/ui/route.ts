/** The paths of the technician's pages. Pure. */
export type Route =
  | { readonly page: "signin" }
  | { readonly page: "desk"; readonly ticket: string | undefined }
  | { readonly page: "account" }
  | { readonly page: "admin"; readonly part: AdminPart }
  | { readonly page: "reports" }
  | { readonly page: "machines" }
  | { readonly page: "machine"; readonly machine: string }
  | { readonly page: "sessions" }
  | { readonly page: "timeline"; readonly session: string }
  | { readonly page: "live"; readonly session: string }
  | { readonly page: "look"; readonly session: string }
  | { readonly page: "unknown" };

/** The parts of the administrator's pages. */
export const ADMIN_PARTS = ["people", "desk", "policy", "auditors", "keys", "webhooks"] as const;
export type AdminPart = (typeof ADMIN_PARTS)[number];
function isAdminPart(name: string | undefined): name is AdminPart {
  return ADMIN_PARTS.some((part) => part === name);
}

/** The route of a path. */
export function routeOf(path: string): Route {
  const [first = "", second, third, ...rest] = path.replace(/^\/|\/$/g, "").split("/");
  if (rest.length > 0) return { page: "unknown" };
  const depth = third !== undefined ? 3 : second !== undefined ? 2 : 1;
  switch (`${first}/${depth}`) {
    case "/1":
      return { page: "desk", ticket: undefined };
    case "signin/1":
      return { page: "signin" };
    case "signin/2":
      return second === "provider" ? { page: "signin" } : { page: "unknown" };
    case "admin/2":
      return isAdminPart(second) ? { page: "admin", part: second } : { page: "unknown" };
    case "reports/1":
      return { page: "reports" };
    case "machines/1":
      return { page: "machines" };
    case "machines/2":
      return { page: "machine", machine: second ?? "" };
    case "account/1":
      return { page: "account" };
    case "tickets/2":
      return { page: "desk", ticket: second };
    case "sessions/1":
      return { page: "sessions" };
    case "sessions/2":
      return { page: "timeline", session: second ?? "" };
    case "sessions/3":
      return third === "live" || third === "look"
        ? { page: third, session: second ?? "" }
        : { page: "unknown" };
    default:
      return { page: "unknown" };
  }
}

export const paths = {
  desk: "/",
  signIn: "/signin",
  /** To which the single sign-on sends people back. */
  provider: "/signin/provider",
  account: "/account",
  reports: "/reports",
  machines: "/machines",
  machine: (id: string) => `/machines/${id}`,
  admin: (part: AdminPart) => `/admin/${part}`,
  sessions: "/sessions",
  ticket: (id: string) => `/tickets/${id}`,
  session: (id: string) => `/sessions/${id}`,
  live: (id: string) => `/sessions/${id}/live`,
} as const;

/** The parts of a sign-in link's fragment: the secret, and a session that it hands over. */
export interface SignInFragment {
  readonly secret: string;
  readonly handover: { readonly session: string; readonly keys: string } | undefined;
}

/** Reads the fragment of a sign-in link; undefined when there is none. */
export function signInFragment(hash: string): SignInFragment | undefined {
  const [secret = "", session, keys] = hash.replace(/^#/, "").split(".");
  if (secret === "") return undefined;
  const handover = session !== undefined && keys !== undefined ? { session, keys } : undefined;
  return { secret, handover };
}

/** What the single sign-on put in the address of our page. */
export type ProviderReturn =
  | { readonly is: "confirmed"; readonly state: string; readonly code: string; readonly issuer: string }
  | { readonly is: "refused" };

/** Reads the query with which the single sign-on sends people back (RFC 6749 §4.1.2, RFC 9207). */
export function providerReturn(search: string): ProviderReturn {
  const query = new URLSearchParams(search);
  const state = query.get("state") ?? "";
  const code = query.get("code") ?? "";
  if (state === "" || code === "") return { is: "refused" };
  return { is: "confirmed", state, code, issuer: query.get("iss") ?? "" };
}
