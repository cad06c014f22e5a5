/** Drawings: the mark of Beside, and how the copied line gets into a terminal. */
import { svg } from "./dom.ts";

export function mark(): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: "28", height: "28", "aria-hidden": "true", class: "mark" },
    svg("rect", { x: "2", y: "4", width: "9", height: "16", rx: "2.5", class: "full" }),
    svg("rect", { x: "13", y: "4", width: "9", height: "16", rx: "2.5", class: "open" }),
  );
}

/** A terminal with the line pasted, the keys that paste it, and Enter. labels are read out instead. */
export function terminal(description: string): SVGElement {
  const key = (x: number, width: number, label: string) =>
    svg(
      "g",
      { class: "key" },
      svg("rect", { x: `${x}`, y: "176", width: `${width}`, height: "34", rx: "6" }),
      svg("text", { x: `${x + width / 2}`, y: "198", "text-anchor": "middle" }, label),
    );
  const plus = (x: number) =>
    svg("text", { x: `${x}`, y: "198", class: "plus", "text-anchor": "middle" }, "+");
  return svg(
    "svg",
    { viewBox: "0 0 480 226", class: "picture", role: "img", "aria-label": description },
    svg("rect", { x: "2", y: "2", width: "476", height: "150", rx: "10", class: "window" }),
    svg("path", { d: "M2 32h476", class: "edge" }),
    svg("circle", { cx: "20", cy: "17", r: "5", class: "knob" }),
    svg("circle", { cx: "38", cy: "17", r: "5", class: "knob" }),
    svg("circle", { cx: "56", cy: "17", r: "5", class: "knob" }),
    svg("text", { x: "20", y: "62", class: "prompt" }, "$"),
    svg("text", { x: "38", y: "62", class: "line" }, "chmod +x ~/Downloads/Beside-… \\"),
    svg("text", { x: "38", y: "84", class: "line" }, "  && ~/Downloads/Beside-…"),
    svg("rect", { x: "270", y: "71", width: "9", height: "17", class: "caret" }),
    key(2, 62, "Ctrl"),
    plus(76),
    key(88, 66, "Shift"),
    plus(166),
    key(178, 40, "V"),
    svg("path", { d: "M238 193h40m-9-8 9 8-9 8", class: "arrow" }),
    key(298, 84, "Enter ⏎"),
  );
}
