import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Me } from '../api/types';
import { useClock } from '../api/queries';

const Session = createContext<Me | null>(null);
export const SessionProvider = ({ me, children }: { me: Me; children: ReactNode }) => (
  <Session.Provider value={me}>{children}</Session.Provider>
);
/** The signed-in person; only below the shell. */
export function useSession(): Me {
  const me = useContext(Session);
  if (!me) throw new Error('no session');
  return me;
}

const overseeing = new Set(['head', 'deputy', 'hr', 'auditor', 'chair']);
export const isLeader = (me: Me) => me.isAdministrator || me.roles.some((r) => r.role === 'head' || r.role === 'deputy');
const leaveKeepers = new Set(['head', 'deputy', 'hr', 'chair']);
/** Whether this person records the leave of others. */
export const mayKeepLeave = (me: Me) => me.isAdministrator || me.roles.some((r) => leaveKeepers.has(r.role));
export const mayOversee = (me: Me) => me.isAdministrator || me.units.length > 0 || me.roles.some((r) => overseeing.has(r.role));

/** Now by the server's clock (which may be a virtual one), to the minute. */
export function useNow(): string {
  const me = useContext(Session);
  const clock = useClock().data ?? me?.clock;
  const [tick, setTick] = useState(0);
  const offset = useMemo(() => (clock ? Date.parse(clock.now) - Date.now() : 0), [clock]);
  useEffect(() => {
    const timer = setInterval(() => setTick((n) => n + 1), 60_000);
    return () => clearInterval(timer);
  }, []);
  return useMemo(
    () => (clock?.virtual ? clock.now : new Date(Date.now() + offset).toISOString()),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [clock, offset, tick],
  );
}
