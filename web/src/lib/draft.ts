// What a person has typed into a task and not sent yet, kept in this browser only until it is sent,
// discarded, signed out or two weeks old.
export type Draft = { data?: Record<string, unknown>; comment?: string; at: string };

const prefix = 'kyhan.draft.';
const keep = 14 * 86_400_000;
const key = (person: string, task: string) => `${prefix}${person}.${task}`;

export function readDraft(person: string, task: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key(person, task)) ?? 'null') as Draft | null;
    return draft && Date.now() - Date.parse(draft.at) < keep ? draft : null;
  } catch {
    return null;
  }
}
export function writeDraft(person: string, task: string, draft: Draft) {
  try {
    localStorage.setItem(key(person, task), JSON.stringify(draft));
  } catch {
    // storage full or refused: the text stays in the page
  }
}
export function dropDraft(person: string, task: string) {
  try {
    localStorage.removeItem(key(person, task));
  } catch {
    // nothing was kept
  }
}
const all = (person: string) => {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(`${prefix}${person}.`));
  } catch {
    return [];
  }
};
export const countDrafts = (person: string) => all(person).length;
export const dropDrafts = (person: string) => all(person).forEach((name) => localStorage.removeItem(name));
