/** Where a person says what is wrong, in their own words. */
import type { Level } from "../protocol/answers.ts";
import { type Key, t } from "../ui/texts.ts";
import { h } from "./dom.ts";
import { type Asking, ask, type Refusal, refusalOf } from "./help-api.ts";
import { head } from "./view.ts";

/** What to do when it was not taken. */
export const REFUSAL = {
  many: "requester.ask.many",
  closed: "requester.ask.closed",
  refused: "requester.ask.refused",
  away: "requester.ask.away",
} as const satisfies Record<Refusal, Key>;

/** From the mildest on: nobody has to think of the gravest first. */
const CHOICES = ["low", "medium", "high"] as const satisfies Level[];

/** Asks until a call for help was taken; the answer is the secret of the page that waits. */
export function askForm(root: HTMLElement, organisation: string, back: () => void): Promise<string> {
  const name = h("input", {
    class: "input",
    id: "name",
    autocomplete: "name",
    maxlength: "100",
    required: "",
  });
  const reach = h("input", {
    class: "input",
    id: "reach",
    autocomplete: "tel",
    minlength: "3",
    maxlength: "100",
    required: "",
    "aria-describedby": "reach-hint",
  });
  const words = h("textarea", {
    class: "input",
    id: "words",
    rows: "5",
    maxlength: "2000",
    required: "",
    "aria-describedby": "words-hint",
  });
  const problem = h("p", { class: "problem", role: "alert" });
  const send = h("button", { class: "button primary large" }, t("requester.ask.send"));
  const cancel = h("button", { type: "button", class: "button" }, t("requester.card.back"));
  cancel.addEventListener("click", back);
  const title = h("h1", { tabindex: "-1" }, t("requester.ask"));
  const form = h(
    "form",
    { class: "ask" },
    field("words", t("requester.ask.words"), words, t("requester.ask.words.hint")),
    choice("impact", t("requester.ask.impact"), (level) => t(`requester.ask.impact.${level}`), "low"),
    choice("urgency", t("requester.ask.urgency"), (level) => t(`requester.ask.urgency.${level}`), "medium"),
    field("name", t("requester.ask.name"), name),
    field("reach", t("requester.ask.reach"), reach, t("requester.ask.reach.hint")),
    problem,
    h("p", { class: "row" }, send, cancel),
  );
  root.replaceChildren(
    h("main", {}, head(organisation), title, h("p", {}, t("requester.ask.hint", { organisation })), form),
  );
  title.focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      problem.textContent = "";
      send.disabled = true;
      const asking: Asking = {
        name: name.value,
        reach: reach.value,
        words: words.value,
        impact: chosen(form, "impact"),
        urgency: chosen(form, "urgency"),
      };
      ask(asking).then(resolve, (error: unknown) => {
        problem.textContent = t(REFUSAL[refusalOf(error)]);
        send.disabled = false;
      });
    });
  });
}

function field(id: string, label: string, control: HTMLElement, hint?: string): HTMLElement {
  const lines = hint === undefined ? [] : [h("span", { class: "hint", id: `${id}-hint` }, hint)];
  return h("div", { class: "field" }, h("label", { for: id }, label), ...lines, control);
}

function choice(name: string, legend: string, label: (level: Level) => string, first: Level): HTMLElement {
  const rows = CHOICES.map((level) => {
    const radio = h("input", { type: "radio", name, value: level });
    radio.checked = level === first;
    return h("label", {}, radio, h("span", {}, label(level)));
  });
  return h("fieldset", { class: "asked" }, h("legend", {}, legend), ...rows);
}

function chosen(form: HTMLFormElement, name: string): Level {
  const value = new FormData(form).get(name);
  return CHOICES.find((level) => level === value) ?? "low";
}
