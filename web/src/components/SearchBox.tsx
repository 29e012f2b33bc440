import { useEffect, useState } from 'react';
import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';

/** A search field that reports what was typed after a short pause. */
export function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (q: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), 300);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed]);
  return (
    <Input className="search" type="search" aria-label={label} placeholder={label} allowClear prefix={<SearchOutlined aria-hidden />}
      value={typed} onChange={(e) => setTyped(e.target.value)} onPressEnter={() => onChange(typed)} />
  );
}
