import type { NoticeKind, Preferences, PreferencesChosen } from '../api/preferences';
import { noticeKinds } from '../api/preferences';

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What to store: what the person chose before and what differs now from what held. All else goes on
 *  following the administrator's defaults. */
export function chosenAfter(held: Preferences, chosen: PreferencesChosen, now: Preferences): PreferencesChosen {
  const out: PreferencesChosen = {};
  const keep = <K extends 'language' | 'email' | 'digest' | 'quiet'>(name: K) => {
    if (name in chosen || !same(held[name], now[name])) out[name] = now[name] as PreferencesChosen[K];
  };
  keep('language');
  keep('email');
  keep('digest');
  keep('quiet');
  const kinds: Partial<Record<NoticeKind, Preferences['kinds'][NoticeKind]>> = {};
  for (const kind of noticeKinds) {
    if ((chosen.kinds && kind in chosen.kinds) || held.kinds[kind] !== now.kinds[kind]) kinds[kind] = now.kinds[kind];
  }
  if (Object.keys(kinds).length) out.kinds = kinds;
  return out;
}
