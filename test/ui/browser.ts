/** A real browser on a real server. Everything a page complains about is kept, so that a test can demand silence. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

export function openBrowser(): Promise<Browser> {
  const named = process.env.FAROL_TEST_BROWSER ?? known.find((path) => existsSync(path));
  return chromium.launch({
    executablePath: named === 'playwright' ? undefined : named,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
  });
}

// Runs in the page, hence text: the tests are typed for Node.
const reportViolations = `document.addEventListener('securitypolicyviolation', (event) => {
  window.complain('csp: ' + event.violatedDirective + ' ' + event.blockedURI);
});`;

export interface Visit {
  readonly page: Page;
  /** Uncaught errors, console errors and content-security-policy violations. */
  readonly complaints: readonly string[];
}

export const desk: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  locale: 'en-US',
  colorScheme: 'dark',
};
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  locale: 'en-US',
  colorScheme: 'dark',
};

export async function visit(browser: Browser, url: string, options: BrowserContextOptions = desk): Promise<Visit> {
  const context = await browser.newContext({ timezoneId: 'America/Sao_Paulo', ...options });
  context.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  await context.exposeFunction('complain', (text: string) => complaints.push(text));
  await context.addInitScript({ content: reportViolations });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  await page.goto(url);
  return { page, complaints };
}
