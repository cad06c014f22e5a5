/** Leaving for the single sign-on, and where to go when one is back. */
import { paths, routeOf } from "./route.ts";

const KEY = "beside.back-to";

/** Goes to the single sign-on; the page it returns to will lead back to path. */
export function depart(url: string, path: string): void {
  sessionStorage.setItem(KEY, path);
  location.assign(url);
}

/** Where to go now. */
export function backTo(): string {
  const path = sessionStorage.getItem(KEY) ?? "";
  sessionStorage.removeItem(KEY);
  const { page } = routeOf(path);
  return path.startsWith("/") && page !== "unknown" && page !== "signin" ? path : paths.desk;
}
