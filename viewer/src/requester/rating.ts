import type { InvitationPage } from "../protocol/answers.ts";
import { t } from "../ui/texts.ts";
import { h } from "./dom.ts";

/** One tap: did it help? Said once; afterwards there is a word of thanks in its place. */
export function ratingOf(page: InvitationPage, rate: (helped: boolean) => Promise<void>): HTMLElement {
  const said = h("p", { role: "status" });
  const place = h("section", { class: "rating noprint", "aria-labelledby": "rating" });
  if (page.summary?.rating !== undefined) {
    said.textContent = t("requester.rate.thanks");
    place.removeAttribute("aria-labelledby");
    place.append(said);
    return place;
  }
  const buttons = [true, false].map((helped) => {
    const label = t(helped ? "requester.rate.yes" : "requester.rate.no");
    const button = h("button", { type: "button", class: "button" }, label);
    button.addEventListener("click", () => {
      for (const other of buttons) other.disabled = true;
      rate(helped).then(
        () => {
          row.remove();
          said.textContent = t("requester.rate.thanks");
        },
        () => {
          for (const other of buttons) other.disabled = false;
          said.textContent = t("requester.rate.failed");
        },
      );
    });
    return button;
  });
  const row = h("p", { class: "row" }, ...buttons);
  place.append(h("h2", { id: "rating" }, t("requester.rate")), row, said);
  return place;
}
