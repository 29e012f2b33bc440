import { describe, expect, it } from 'vitest';
import { mentionAt, withIds, withNames } from '../src/lib/mentions';

describe('naming people in a comment', () => {
  it('finds the name being typed before the caret', () => {
    expect(mentionAt('Đề nghị @Trần Th', 16)).toEqual({ from: 8, query: 'Trần Th' });
    expect(mentionAt('@', 1)).toEqual({ from: 0, query: '' });
    expect(mentionAt('(@an', 4)).toEqual({ from: 1, query: 'an' });
  });
  it('takes no address or ended name for one', () => {
    expect(mentionAt('an@binh', 7)).toBeNull();
    expect(mentionAt('@an, xem', 8)).toBeNull();
    expect(mentionAt('không có', 8)).toBeNull();
  });
  it('sends ids for the chosen names only, the longer name first', () => {
    const chosen = [{ label: 'Lê Lan', id: 'le-lan' }, { label: 'Lê Lan Anh', id: 'le-lan-anh' }];
    expect(withIds('@Lê Lan Anh và @Lê Lan, @Ai đó', chosen)).toBe('@le-lan-anh và @le-lan, @Ai đó');
    expect(withIds('@Lê Lanh', [{ label: 'Lê Lan', id: 'le-lan' }])).toBe('@Lê Lanh');
  });
  it('shows names for ids, and leaves unknown ids as they are', () => {
    const lan = { id: 'le-lan', name: 'Lê Lan' };
    expect(withNames('Gửi @le-lan- và @ai-do.', [lan])).toEqual(['Gửi ', lan, '- và @ai-do.']);
    expect(withNames('thư a@le-lan', [lan])).toEqual(['thư a@le-lan']);
  });
});
