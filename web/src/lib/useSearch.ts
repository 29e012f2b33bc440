import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The filter of a list lives in the address, so it can be shared and survives going back. */
export function useFilter() {
  const [search, setSearch] = useSearchParams();
  const set = useCallback(
    (changes: Record<string, string | undefined | null | false>) =>
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(changes)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return { get: (name: string) => search.get(name) ?? undefined, set, search };
}
