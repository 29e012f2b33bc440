// Comments name people as @person-id. People see and type names; the ids are put in when the comment
// is sent and replaced when it is shown.
import type { Named } from '../api/types';

export type Mention = { label: string; id: string };

const wordBefore = /(^|[\s([{"'«“])@([\p{L}\p{M}\p{N}.'-]*(?: [\p{L}\p{M}\p{N}.'-]*){0,4})$/u;

/** The name being typed before the caret, and where its @ stands. */
export function mentionAt(text: string, caret: number): { from: number; query: string } | null {
  const found = wordBefore.exec(text.slice(0, caret));
  if (!found || found[2].length > 60) return null;
  return { from: caret - found[2].length - 1, query: found[2] };
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The comment with every chosen name as the id that the server knows. */
export function withIds(text: string, chosen: Mention[]): string {
  const longestFirst = [...chosen].sort((a, b) => b.label.length - a.label.length);
  return longestFirst.reduce(
    (out, { label, id }) => out.replace(new RegExp(`@${literally(label)}(?![\\p{L}\\p{M}\\p{N}])`, 'gu'), `@${id}`),
    text,
  );
}

export type Part = string | Named;
/** The comment with its ids as people; an id that names nobody stays text. */
export function withNames(text: string, people: Named[]): Part[] {
  const known = new Map(people.map((p) => [p.id, p]));
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(/(?<![\p{L}\p{M}\p{N}._-])@([a-z0-9-]{1,40})/gu)) {
    let id = found[1];
    // "@an-" at the end of a clause names `an`; the id itself may hold hyphens.
    while (id && !known.has(id) && id.endsWith('-')) id = id.slice(0, -1);
    const person = known.get(id);
    if (!person) continue;
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(person);
    from = found.index + 1 + id.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
