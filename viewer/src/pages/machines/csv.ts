/** The row of a machine in a file for spreadsheets; amounts are whole MiB and GiB. Pure. */
import type { Machine } from "../../protocol/machines.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Empty where the machine could not say it. */
export function rowOf({ facts, fullest, requester, readAt, sessions }: Machine): (string | number)[] {
  const sum = (of: (disk: (typeof facts.disks)[number]) => number): number =>
    Math.round(facts.disks.reduce((all, disk) => all + of(disk), 0) / GIB);
  const disks = facts.unread.includes("disks");
  return [
    facts.name,
    facts.system,
    facts.build,
    facts.arch,
    facts.processor,
    facts.cores,
    facts.unread.includes("memory") ? "" : Math.round(facts.memory / MIB),
    disks ? "" : sum((disk) => disk.size),
    disks ? "" : sum((disk) => disk.free),
    fullest < 0 ? "" : fullest,
    facts.networks.map(({ name, addresses }) => `${name} ${addresses.join(" ")}`).join("; "),
    facts.unread.includes("updates") ? "" : facts.updates,
    requester,
    readAt,
    sessions,
  ];
}
