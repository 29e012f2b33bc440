import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { usePeople } from '../api/queries';
import type { Person } from '../api/types';
import { mentionAt, type Mention } from '../lib/mentions';
import { useLanguage } from '../i18n';

const offered = 6;

/** A text field in which `@` and a part of a name offer people. */
export function MentionField({ id, value, chosen, unit, onChange, invalid, describedBy, maxLength }: {
  id: string;
  value: string;
  chosen: Mention[];
  /** Whose people are offered first. */
  unit?: string;
  onChange: (value: string, chosen: Mention[]) => void;
  invalid?: boolean;
  describedBy?: string;
  maxLength?: number;
}) {
  const { t, text } = useLanguage();
  const list = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [asked, setAsked] = useState<{ from: number; query: string } | null>(null);
  const [active, setActive] = useState(0);
  const near = usePeople(asked?.query ?? '', unit, asked !== null && !!unit).data?.items ?? [];
  const all = usePeople(asked?.query ?? '', undefined, asked !== null).data?.items ?? [];
  const found = asked ? [...near, ...all.filter((p) => !near.some((n) => n.id === p.id))].slice(0, offered) : [];
  const open = found.length > 0;
  useEffect(() => setActive(0), [asked?.query]);

  const look = () => {
    const at = field.current;
    setAsked(at && at.selectionStart === at.selectionEnd ? mentionAt(at.value, at.selectionStart) : null);
  };
  const pick = (person: Person) => {
    if (!asked) return;
    // Two people may share a name; their units tell them apart.
    const twin = chosen.some((m) => m.label === person.name && m.id !== person.id);
    const label = twin ? `${person.name} (${text(person.unitName)})` : person.name;
    const end = asked.from + 1 + asked.query.length;
    const caret = asked.from + label.length + 2;
    onChange(`${value.slice(0, asked.from)}@${label} ${value.slice(end).replace(/^ /, '')}`,
      [...chosen.filter((m) => m.id !== person.id), { label, id: person.id }]);
    setAsked(null);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(caret, caret);
    });
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (!open) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      setActive((active + (e.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if ((e.key === 'Enter' || e.key === 'Tab') && !e.shiftKey && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      pick(found[active] ?? found[0]);
    } else if (e.key === 'Escape') {
      e.preventDefault();
      e.stopPropagation();
      setAsked(null);
    }
  };
  return (
    <div className="mention">
      <textarea ref={field} id={id} className="native-area" rows={3} value={value} maxLength={maxLength}
        aria-autocomplete="list" aria-haspopup="listbox" aria-controls={open ? list : undefined}
        aria-activedescendant={open ? `${list}-${active}` : undefined}
        aria-invalid={invalid || undefined} aria-describedby={describedBy}
        onChange={(e) => { onChange(e.target.value, chosen); look(); }}
        onKeyUp={(e) => { if (/^(Arrow(Left|Right)|Home|End)$/.test(e.key)) look(); }}
        onClick={look} onBlur={() => setAsked(null)} onKeyDown={onKeyDown} />
      {open && (
        <ul className="mention-list" role="listbox" id={list} aria-label={t('comments.people')}>
          {found.map((person, i) => (
            <li key={person.id} id={`${list}-${i}`} role="option" aria-selected={i === active}
              onPointerDown={(e) => { e.preventDefault(); pick(person); }}>
              <strong>{person.name}</strong> <span className="muted small">{text(person.unitName)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
