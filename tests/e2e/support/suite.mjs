// A tiny runner: sentences that hold or do not, one after the other, and a last line to count by.
import { mkdirSync } from 'node:fs';

export class Suite {
  passed = 0;
  failed = 0;
  #only = process.env.KYHAN_ONLY;

  /** `sentence` says what is true of the product; `proof` throws where it is not. */
  async holds(sentence, proof, { page } = {}) {
    if (this.#only && !sentence.includes(this.#only)) return;
    const begin = Date.now();
    try {
      await proof();
      this.passed += 1;
      console.log(`  ok    ${sentence} (${Date.now() - begin} ms)`);
    } catch (error) {
      this.failed += 1;
      console.log(`  FAIL  ${sentence}\n        ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n        ')}`);
      const shown = page?.();
      if (shown && !shown.isClosed()) {
        const path = `${shots()}/failed-${this.failed}.png`;
        await shown.screenshot({ path, fullPage: true }).catch(() => undefined);
        console.log(`        at ${shown.url()}, picture ${path}`);
      }
    }
  }

  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed || !this.passed ? 1 : 0;
  }
}

export function must(condition, words) {
  if (!condition) throw new Error(words);
}
export function equal(actual, expected, words = 'value') {
  must(JSON.stringify(actual) === JSON.stringify(expected),
    `${words}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

/** Where pictures go: KYHAN_SHOTS, else build/e2e. */
export function shots() {
  const folder = process.env.KYHAN_SHOTS ?? new URL('../../../build/e2e', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  return folder;
}
