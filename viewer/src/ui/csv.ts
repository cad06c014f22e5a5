/** Tables as CSV (RFC 4180). Pure. */

/** What a spreadsheet would take for a formula is written as text (OWASP, CSV Injection). */
function inert(cell: string): string {
  return /^\s*[=+\-@]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
}

/** Rows of cells as a file. */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows
    .map((row) =>
      row
        .map((cell) => `"${(typeof cell === "number" ? String(cell) : inert(cell)).replaceAll('"', '""')}"`)
        .join(","),
    )
    .map((line) => `${line}\r\n`)
    .join("");
}
