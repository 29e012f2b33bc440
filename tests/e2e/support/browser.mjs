// Debian's Chromium, one signed-in context a person, and what every page must keep: no report of the
// content security policy, no error in the console.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { must } from './suite.mjs';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export class Browser {
  people = new Map();
  /** What browsers complained about, with the page it was on. */
  complaints = [];

  static async open(server) {
    const browser = new Browser();
    browser.server = server;
    browser.chromium = await chromium.launch({
      executablePath: process.env.KYHAN_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
    });
    return browser;
  }

  async context(options = {}) {
    const context = await this.chromium.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(15_000);
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const text = message.text();
      // A refused request is reported by the browser too; the refusals here are meant.
      if (/Failed to load resource/.test(text)) return;
      this.complaints.push(`${message.page()?.url()}: ${text}`);
    });
    context.on('weberror', (error) => this.complaints.push(`${error.page()?.url()}: ${error.error().message}`));
    return context;
  }

  /** A page of this person, signed in through the form; the same session at every call. */
  async as(account, { fresh = false, ...options } = {}) {
    if (fresh || !this.people.has(account)) {
      const context = await this.context(options);
      const page = await context.newPage();
      await signIn(page, this.server, account);
      if (fresh) return page;
      this.people.set(account, page);
    }
    return this.people.get(account);
  }

  async close() {
    await this.chromium.close();
  }
}

export async function signIn(page, server, account, password = server.passwords[account]) {
  must(password, `no password for the account ${account}`);
  await page.goto(`${server.url}/`);
  await page.fill('#account', account);
  await page.fill('#password', password);
  await page.click('.sign-in-form button[type=submit]');
  await page.waitForSelector('.account-button');
}

/** Violations of WCAG 2.0 to 2.2, levels A and AA, in short words. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    // eslint-disable-next-line no-undef
    axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } }));
  return found.violations.map((v) => `${v.id} at ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140)).join(' | ')}`);
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
