/** What a machine says of itself, in words. Pure. */
import { FACTS, type Fact, type Facts } from "../protocol/facts.ts";
import { size, span } from "./format.ts";
import { t } from "./texts.ts";

/** One fact: its name and its lines; undefined when that machine cannot say it. */
export interface Told {
  readonly fact: Fact;
  readonly title: string;
  readonly lines: readonly string[] | undefined;
}

/** All facts in the order in which people read them. */
export function toldOf(facts: Facts): readonly Told[] {
  return FACTS.map((fact) => ({
    fact,
    title: t(`machine.fact.${fact}`),
    lines: facts.unread.includes(fact) ? undefined : linesOf(fact, facts),
  }));
}

function linesOf(fact: Fact, facts: Facts): readonly string[] {
  switch (fact) {
    case "system":
      return [facts.system];
    case "build":
      return [`${facts.build} (${facts.arch})`];
    case "processor":
      return [t("machine.processor", { name: facts.processor, n: facts.cores })];
    case "memory":
      return [t("machine.memory", { size: size(facts.memory), free: size(facts.free) })];
    case "disks":
      return facts.disks.map(({ mount, kind, size: all, free }) =>
        t("machine.disk", { mount, kind, size: size(all), free: size(free), percent: percent(free, all) }),
      );
    case "displays":
      return facts.displays.map(({ name, width, height }) => `${name}: ${width} × ${height}`);
    case "network":
      return facts.networks.map(({ name, addresses }) => `${name}: ${addresses.join(", ")}`);
    case "uptime":
      return [span(facts.uptime * 1000)];
    case "updates":
      return [facts.updates === 0 ? t("machine.updates.none") : t("machine.updates", { n: facts.updates })];
    default:
      return fact satisfies never;
  }
}

/** What changed, in one line each, of parts that do not change by themselves: "Memory: 8 GiB → 16 GiB". */
export function changesOf(before: Facts, after: Facts, changed: readonly Fact[]): readonly string[] {
  return changed.map((fact) => {
    const [was, is] = [before, after].map((facts) => lasting(fact, facts));
    return t("machine.change", { fact: t(`machine.fact.${fact}`), before: was || "–", after: is || "–" });
  });
}

function lasting(fact: Fact, facts: Facts): string {
  switch (fact) {
    case "system":
      return [facts.name, facts.system].filter((part) => part !== "").join(", ");
    case "memory":
      return size(facts.memory);
    case "disks":
      return facts.disks.map((disk) => `${disk.mount} ${size(disk.size)}`).join(", ");
    default:
      return linesOf(fact, facts).join(", ");
  }
}

/** How a machine is called; it may have no name. */
export function machineName(facts: Facts): string {
  return facts.name === "" ? t("machine.nameless") : facts.name;
}

/** A part in percent, rounded down. */
export function percent(part: number, all: number): number {
  return all === 0 ? 0 : Math.floor((part / all) * 100);
}

/** Less than this of a disk is free: it is worth a warning. */
export const NEARLY_FULL = 10;
