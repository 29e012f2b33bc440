import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { vi } from '../src/i18n/vi';
import { i18next, textIn } from '../src/i18n';

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [[prefix + k, v] as [string, string]] : flat(v, `${prefix}${k}.`)));
// English has two plural forms where Vietnamese has none.
const bare = (key: string) => key.replace(/_(one|other)$/, '');
const viKeys = new Map(flat(vi as Tree));
const enKeys = new Map(flat(en as unknown as Tree));

const sources = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : /\.tsx?$/.test(name) ? [readFileSync(path, 'utf8')] : [];
  });

describe('the words of the pages', () => {
  it('has every Vietnamese key in English and every English key in Vietnamese', () => {
    const a = new Set([...viKeys.keys()].map(bare)), b = new Set([...enKeys.keys()].map(bare));
    expect([...a].filter((k) => !b.has(k)), 'missing in en').toEqual([]);
    expect([...b].filter((k) => !a.has(k)), 'missing in vi').toEqual([]);
  });
  it('gives both plural forms in English where it gives one', () => {
    for (const key of enKeys.keys()) {
      if (key.endsWith('_one')) expect(enKeys.has(key.replace(/_one$/, '_other')), key).toBe(true);
    }
  });
  it('leaves no text empty and uses the same places to fill in', () => {
    const places = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((m) => m[1]).sort().join();
    for (const [key, text] of enKeys) {
      expect(text.trim(), key).not.toBe('');
      expect(places(text), key).toBe(places(viKeys.get(bare(key)) ?? viKeys.get(key) ?? ''));
    }
  });
  it('knows every key that the pages ask for', () => {
    const missing = new Set<string>();
    for (const source of sources(join(__dirname, '../src'))) {
      for (const [, key] of source.matchAll(/\bt\(\s*'([\w.-]+)'/g)) if (!i18next.exists(key)) missing.add(key);
    }
    expect([...missing]).toEqual([]);
  });
  it('shows the Vietnamese words where the English ones are missing', () => {
    expect(textIn('en', { vi: 'Trả lại', en: '' })).toBe('Trả lại');
    expect(textIn('vi', { vi: 'Trả lại', en: 'Return' })).toBe('Trả lại');
    expect(textIn('en', 'plain')).toBe('plain');
    expect(textIn('en', null)).toBe('');
  });
});
