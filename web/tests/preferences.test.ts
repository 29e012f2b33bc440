import { describe, expect, it } from 'vitest';
import type { Preferences } from '../src/api/preferences';
import { chosenAfter } from '../src/lib/preferences';

const held: Preferences = {
  language: 'vi', email: true, digest: { at: '07:30' }, quiet: { from: '18:00', to: '07:30', daysOff: true },
  kinds: { created: 'digest', reminder: 'digest', overdue: 'immediate', escalated: 'immediate', mention: 'immediate', notice: 'immediate' },
};

describe('storing preferences', () => {
  it('stores nothing that still follows the defaults', () => {
    expect(chosenAfter(held, {}, held)).toEqual({});
  });
  it('stores what the person changes', () => {
    expect(chosenAfter(held, {}, { ...held, quiet: null, kinds: { ...held.kinds, created: 'off' } })).toEqual({ quiet: null, kinds: { created: 'off' } });
  });
  it('keeps what was chosen before, though it is the same as what holds', () => {
    expect(chosenAfter(held, { language: 'vi', kinds: { mention: 'immediate' } }, { ...held, digest: { at: '08:00' } }))
      .toEqual({ language: 'vi', digest: { at: '08:00' }, kinds: { mention: 'immediate' } });
  });
});
