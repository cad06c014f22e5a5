/**
 * The question whom the person asked for help. A warning is not read; a question
 * must be answered, and who was called up by a stranger knows another answer.
 */
import { type Key, t } from "../ui/texts.ts";
import { h } from "./dom.ts";

/** What else there is to say, in the order in which it is offered. */
const OTHERS = [
  "requester.asked.bank",
  "requester.asked.firm",
  "requester.asked.nobody",
] as const satisfies Key[];

/** Asks, and tells each answer: true for the organisation that the link is of. */
export function askedWhom(organisation: string, onAnswer: (right: boolean) => void): HTMLElement {
  const problem = h("div", { role: "alert" });
  const rows = OTHERS.map((key) => choice(t(key), false));
  rows.splice(Math.floor(Math.random() * OTHERS.length), 0, choice(organisation, true)); // never last: that is "nobody"
  return h("fieldset", { class: "asked" }, h("legend", {}, t("requester.asked")), ...rows, problem);

  function choice(label: string, right: boolean): HTMLElement {
    const field = h("input", { type: "radio", name: "asked" });
    field.addEventListener("change", () => {
      const warning = h(
        "p",
        { class: "warning" },
        h("strong", {}, t("requester.asked.stop")),
        " ",
        t("requester.asked.stop.hint", { organisation }),
      );
      problem.replaceChildren(...(right ? [] : [warning]));
      onAnswer(right);
    });
    return h("label", {}, field, h("span", {}, label));
  }
}
