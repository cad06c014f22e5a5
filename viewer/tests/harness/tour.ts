import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { docsFolder } from "./paths.ts";

/** Set by `make tour`. Otherwise pictures would change with every run of the tests. */
const keep = process.env["TOUR"] !== undefined;

/** Keeps a picture of a page or window for docs/tour.md, under a line that says what it shows. */
export async function shot(name: string, what: string, picture: Buffer): Promise<void> {
  if (!keep) return;
  await mkdir(join(docsFolder, "tour"), { recursive: true });
  await writeFile(join(docsFolder, "tour", `${name}.png`), picture);
  await appendFile(join(docsFolder, "tour.md"), `\n## ${what}\n\n![${what}](tour/${name}.png)\n`);
}
