import { useEffect, useState } from 'react';

// One polite live region for the whole page: what changes without a click is also said.
let say: ((text: string) => void) | null = null;
export const announce = (text: string) => say?.(text);

export function LiveRegion() {
  const [text, setText] = useState('');
  useEffect(() => {
    say = setText;
    return () => {
      say = null;
    };
  }, []);
  return <div className="visually-hidden" role="status" aria-live="polite">{text}</div>;
}
