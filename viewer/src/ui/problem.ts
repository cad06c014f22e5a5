/** The words of an error, for the person in front of the page. */
import { ApiError } from "../protocol/api.ts";
import { PasskeyCancelled, PasskeyThere } from "./passkey.ts";
import { t } from "./texts.ts";

export function problemText(error: unknown): string {
  if (error instanceof PasskeyCancelled) return t("passkey.cancelled");
  if (error instanceof PasskeyThere) return t("passkey.there");
  if (!(error instanceof ApiError)) {
    console.error(error);
    return t("error.internal");
  }
  if (error.code === "offline") return t("error.offline");
  if (error.message !== "") return error.message;
  return t(error.status === 404 ? "error.not-found" : "error.internal");
}
