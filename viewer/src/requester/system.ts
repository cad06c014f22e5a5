/** Which system a browser runs on, as far as that decides what to offer. Pure. */
export type System = "linux" | "windows" | "mac" | "phone" | "other";

export function systemOf(userAgent: string): System {
  if (/Android|iPhone|iPad|Mobile/.test(userAgent)) return "phone";
  if (/Windows/.test(userAgent)) return "windows";
  if (/Macintosh|Mac OS/.test(userAgent)) return "mac";
  if (/Linux|X11/.test(userAgent)) return /CrOS/.test(userAgent) ? "other" : "linux";
  return "other";
}

/** The line that makes a download runnable and runs it. */
export function commandLine(fileName: string): string {
  return `chmod +x ~/Downloads/${fileName} && ~/Downloads/${fileName}`;
}
