import { test } from "./fixtures.ts";
import { Session } from "./harness/session.ts";

const line = "The quick fox 0123456789 !\"$%&/()=?'+*#-_.:,;<>|@{}[]\\~^` äöüÄÖÜß€ é ñ 😀";

for (const layout of ["us", "de"]) {
  test(`what is typed arrives exactly on a ${layout} keyboard`, async ({ desktop, broker, page }) => {
    await desktop.layout(layout);
    const session = await Session.controlled(broker, desktop, page);
    const terminal = await desktop.terminal();
    await session.focus(terminal.window);
    await page.keyboard.type(`${line}\n`, { delay: 8 });
    await terminal.typed(`${line}\n`, 20_000);
    await terminal.clear();
    await page.keyboard.press("Control+c");
    await terminal.typed("\u0003");
  });
}
