import { useSyncExternalStore } from 'react';

const media = typeof matchMedia === 'undefined' ? null : matchMedia('(min-width: 1024px)');
/** Whether list and detail fit side by side. */
export const useWide = () =>
  useSyncExternalStore(
    (tell) => {
      media?.addEventListener('change', tell);
      return () => media?.removeEventListener('change', tell);
    },
    () => media?.matches ?? true,
  );
