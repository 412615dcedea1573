/** Somebody who uses the app: every mouse click is counted, and whatever the page complains about is kept. */
import type { BrowserContext, ConsoleMessage, Locator, Page } from 'playwright-core';

/** A loaded machine compiles MJML and imports files slowly; what never comes still fails soon enough. */
const PATIENCE_MS = 60_000;
const NETWORK = /net::ERR_|Failed to fetch|NetworkError|ERR_CONNECTION/;

export type Person = {
  page: Page;
  clicks: string[];
  problems: string[];
  /** While the server is meant to be away, requests may fail; everything else is still a problem. */
  expectNoServer: (away: boolean) => void;
  /** Looks until it is there. */
  see: (what: Locator, timeout?: number) => Promise<Locator>;
  /** One mouse click, counted under a name. */
  click: (name: string, what: Locator) => Promise<void>;
  /** Clicks a button that opens the system's file dialog, and chooses a file there. */
  choose: (name: string, what: Locator, file: string) => Promise<void>;
  /** Goes to a field by keyboard and replaces its text. */
  type: (field: Locator, text: string) => Promise<void>;
};

/** Counts in the page what a content security policy refuses; the console may have lost it by then. */
async function watchPolicy(context: BrowserContext, note: (problem: string) => void): Promise<void> {
  await context.exposeBinding('noteViolation', (_source, text: string) => note(`policy violation: ${text}`));
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    window.noteViolation(event.violatedDirective + ' refused ' + event.blockedURI + ' at ' + event.sourceFile + ':' + event.lineNumber))`);
}

export async function createPerson(context: BrowserContext): Promise<Person> {
  const problems: string[] = [];
  const clicks: string[] = [];
  let away = false;
  const note = (problem: string) => {
    problems.push(problem);
  };
  await watchPolicy(context, note);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => note(`page error: ${error.stack ?? error.message}`));
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (away && NETWORK.test(text)) return;
    note(`console error: ${text}`);
  });

  const see = async (what: Locator, timeout = PATIENCE_MS) => {
    await what.waitFor({ state: 'visible', timeout });
    return what;
  };
  const click = async (name: string, what: Locator) => {
    await what.click();
    clicks.push(name);
  };
  return {
    page,
    clicks,
    problems,
    expectNoServer: (expected) => {
      away = expected;
    },
    see,
    click,
    async choose(name, what, file) {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), click(name, what)]);
      await chooser.setFiles(file);
    },
    async type(field, text) {
      await see(field);
      await field.focus();
      await field.fill(text);
    },
  };
}
