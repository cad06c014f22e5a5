/** What keeps a person safe, to read while they wait: one card at a time, turned by hand alone. */
import { type Key, t } from "../ui/texts.ts";
import { h } from "./dom.ts";

const CARDS = [
  ["requester.card.never", "requester.card.never.text"],
  ["requester.card.screen", "requester.card.screen.text"],
  ["requester.card.called", "requester.card.called.text"],
  ["requester.card.mail", "requester.card.mail.text"],
  ["requester.card.password", "requester.card.password.text"],
] as const satisfies (readonly [Key, Key])[];

export function cards(): HTMLElement {
  let at = 0;
  const title = h("h3", {});
  const body = h("p", {});
  const count = h("span", { class: "hint" });
  const back = turn(t("requester.card.back"), -1);
  const next = turn(t("requester.card.next"), 1);
  const card = h("div", { class: "card-body", "aria-live": "polite" }, title, body);
  show();
  return h(
    "section",
    { class: "cards", "aria-labelledby": "cards" },
    h("h2", { id: "cards" }, t("requester.card")),
    card,
    h("p", { class: "row" }, back, count, next),
  );

  function turn(label: string, by: number): HTMLButtonElement {
    const button = h("button", { type: "button", class: "button" }, label);
    button.addEventListener("click", () => {
      at = (at + by + CARDS.length) % CARDS.length;
      show();
    });
    return button;
  }

  function show(): void {
    const [heading, text] = CARDS[at] ?? CARDS[0];
    title.textContent = t(heading);
    body.textContent = t(text);
    count.textContent = t("requester.card.count", { n: at + 1, all: CARDS.length });
  }
}
