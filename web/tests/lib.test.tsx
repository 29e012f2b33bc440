import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { dayOf, daysBetween, dueDay, formatDay, formatInstant, instantOf } from '../src/lib/dates';
import { checkFile } from '../src/lib/files';
import { Markdown } from '../src/lib/markdown';

afterEach(cleanup);

describe('dates', () => {
  it('shows the day in Vietnam, wherever the browser stands', () => {
    expect(dayOf('2026-11-22T17:30:00Z')).toBe('2026-11-23');
    expect(formatInstant('2026-11-22T17:30:00Z', 'vi')).toBe('00:30 23/11/2026');
    expect(formatDay('2026-11-23', 'vi', true)).toBe('Thứ Hai, 23/11/2026');
    expect(formatDay('2026-11-23', 'en', true)).toBe('Mon, 23 Nov 2026');
  });
  it('takes a due instant at midnight as the day that ends there', () => {
    expect(dueDay({ dueAt: '2026-09-09T17:00:00Z' })).toBe('2026-09-09');
    expect(dueDay({ dueAt: '2026-09-09T17:00:00Z', dueDate: '2026-09-08' })).toBe('2026-09-08');
    expect(dueDay({})).toBeNull();
  });
  it('counts days from day to day, not by 24 hours', () => {
    expect(daysBetween('2026-11-23T16:59:00Z', '2026-11-24')).toBe(1);
    expect(daysBetween('2026-11-23T17:01:00Z', '2026-11-24')).toBe(0);
  });
  it('reads a wall time as Vietnam time', () => {
    expect(instantOf('2026-11-23', '07:30')).toBe('2026-11-23T00:30:00.000Z');
  });
});

describe('instructions', () => {
  it('renders paragraphs, lists, bold words and links', () => {
    const { container } = render(<Markdown source={'Xem **kỹ**.\n\n1. Một\n2. Hai\n\n- [luật](https://example.org/a)'} />);
    expect(container.querySelector('strong')?.textContent).toBe('kỹ');
    expect(container.querySelectorAll('ol li')).toHaveLength(2);
    expect(container.querySelector('ul a')?.getAttribute('href')).toBe('https://example.org/a');
  });
  it('never turns text into markup or follows other schemes', () => {
    const { container } = render(<Markdown source={'<img src=x onerror=alert(1)> [x](javascript:alert(1))'} />);
    expect(container.querySelector('img, a, script')).toBeNull();
    expect(container.textContent).toContain('<img src=x');
  });
});

describe('files', () => {
  const rule = { type: 'minutes', label: { vi: '', en: '' }, min: 1, mediaTypes: ['application/pdf', 'image/*'], maxBytes: 1000 };
  it('takes what the rule names', () => {
    expect(checkFile({ type: 'application/pdf', size: 1000 }, rule)).toBeNull();
    expect(checkFile({ type: 'image/png', size: 10 }, rule)).toBeNull();
  });
  it('refuses other types and larger files', () => {
    expect(checkFile({ type: 'text/html', size: 10 }, rule)).toBe('wrongType');
    expect(checkFile({ type: 'application/pdf', size: 1001 }, rule)).toBe('tooBig');
  });
});
