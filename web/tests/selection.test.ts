import { describe, expect, it } from 'vitest';
import type { Outcome, Task } from '../src/api/types';
import { actionsFor, fits, hindranceOf } from '../src/lib/selection';

const task = (more: Partial<Task> = {}) => ({
  id: Math.random().toString(), name: 'review', kind: 'task', state: 'offered', mine: true, claimable: true, holder: null,
  definition: { name: 'reward', title: { vi: '', en: '' } }, ...more,
}) as Task;
const me = { id: 'lan', isAdministrator: false };

describe('many tasks at once', () => {
  it('takes tasks of one step of one workflow only, and open ones', () => {
    expect(fits(task(), [])).toBe(true);
    expect(fits(task(), [task()])).toBe(true);
    expect(fits(task({ name: 'appraise' }), [task()])).toBe(false);
    expect(fits(task({ definition: { name: 'training', title: { vi: '', en: '' } } }), [task()])).toBe(false);
    expect(fits(task({ state: 'completed' }), [])).toBe(false);
  });
  it('offers what may be done with every one of them', () => {
    expect(actionsFor([], me)).toEqual([]);
    expect(actionsFor([task(), task()], me)).toEqual(['complete', 'claim']);
    const mine = task({ state: 'claimed', claimable: false, holder: { id: 'lan', name: 'Lan' } });
    expect(actionsFor([mine], me)).toEqual(['complete', 'release']);
    expect(actionsFor([task(), mine], me)).toEqual(['complete']);
    expect(actionsFor([mine, task({ mine: false, claimable: false, state: 'claimed' })], me)).toEqual([]);
  });
  it('lets administrators alone withdraw', () => {
    expect(actionsFor([task({ mine: false, claimable: false })], { ...me, isAdministrator: true })).toEqual(['withdraw']);
  });
  it('says what an outcome needs of each task alone', () => {
    const outcome = (requires: string[]) => ({ id: 'yes', requires, style: 'positive', label: { vi: '', en: '' } }) as Outcome;
    const bare = { form: null, evidence: [] };
    expect(hindranceOf(outcome(['comment']), bare, true)).toBeNull();
    expect(hindranceOf(outcome([]), { ...bare, form: {} }, true)).toBe('form');
    expect(hindranceOf(outcome([]), { ...bare, form: {} }, false)).toBeNull();
    expect(hindranceOf(outcome([]), { ...bare, evidence: [{ min: 1 }] }, false)).toBe('attachment');
    expect(hindranceOf(outcome([]), { ...bare, evidence: [{ min: 1, forOutcomes: ['no'] }] }, false)).toBeNull();
    expect(hindranceOf(outcome(['signature']), bare, false)).toBe('signature');
  });
});
